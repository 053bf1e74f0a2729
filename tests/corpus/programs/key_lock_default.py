"""A lock of a key is made by the dictionary that has none."""

import asyncio
from collections import defaultdict


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def add(s, k):
    async with s.locks[k]:
        n = s.v[k]
        await io()
        s.v[k] = n + 1


async def main():
    s = S()
    s.locks = defaultdict(asyncio.Lock)
    s.v = {"a": 0}
    tasks = []
    for each in (add(s, "a"), add(s, "a")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.v
