"""A cache that is older than its rows is made anew; an older one that comes late does not replace a newer."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def refresh(s):
    age = s.rows
    await io()
    if age > s.cache[0]:
        s.cache = (age, f"of {age}")


async def insert(s):
    s.rows += 1
    await refresh(s)


async def main():
    s = S()
    s.rows = 1
    s.cache = (0, None)
    tasks = []
    for each in (refresh(s), insert(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.cache
