"""Who finds nothing left is told so by an exception; the count is taken in a step."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def buy(s):
    if s.left < 1:
        raise LookupError("none")
    s.left -= 1
    try:
        await io()
    except BaseException:
        s.left += 1
        raise
    s.sold += 1


async def main():
    s = S()
    s.left = 1
    s.sold = 0
    tasks = []
    for each in (buy(s), buy(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return (s.left, s.sold)
