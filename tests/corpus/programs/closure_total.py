"""A total that two closures share is read, converted, and written."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


def totals():
    total = 0

    async def add(n):
        nonlocal total
        before = total
        await io()
        total = before + n

    return add, lambda: total


async def use(s, n):
    await s.add(n)


async def main():
    s = S()
    s.add, s.total = totals()
    tasks = []
    for each in (use(s, 2), use(s, 3)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.total()
