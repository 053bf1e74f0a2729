"""A touch has a number; when its time is up it does something only if there has been none since."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def touch(s, n):
    s.last += 1
    mine = s.last
    await io(0.03)
    if mine == s.last:
        s.fired.append(n)


async def main():
    s = S()
    s.last = 0
    s.fired = []
    tasks = []
    for each in (touch(s, 1), touch(s, 2)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return len(s.fired)
