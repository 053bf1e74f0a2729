"""A score that is higher than the best is checked for cheating; the higher of it and the best becomes the best."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def submit(s, n):
    if n > s.best:
        await io()
        s.best = max(s.best, n)


async def main():
    s = S()
    s.best = 10
    tasks = []
    for each in (submit(s, 50), submit(s, 30)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.best
