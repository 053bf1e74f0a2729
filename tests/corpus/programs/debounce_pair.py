"""A timer that runs is called off, the display is told, and a new one is set."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def fire(s, n):
    await io(0.03)
    s.fired.append(n)


async def touch(s, n):
    if s.timer is not None:
        s.timer.cancel()
    await io()
    s.timer = asyncio.create_task(fire(s, n))


async def end(s):
    await io(0.08)


async def main():
    s = S()
    s.timer = None
    s.fired = []
    tasks = []
    for each in (touch(s, 1), touch(s, 2), end(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.fired
