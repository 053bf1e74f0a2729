"""A counter is read and written by its name."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def count(s, name):
    n = getattr(s, name)
    await io()
    setattr(s, name, n + 1)


async def main():
    s = S()
    s.hits = 0
    s.misses = 0
    tasks = []
    for each in (count(s, "hits"), count(s, "misses"), count(s, "hits")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return (s.hits, s.misses)
