"""A till is locked by a lock that is made on the spot."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def pay(s, n):
    async with asyncio.Lock():
        had = s.till
        await io()
        s.till = had + n


async def main():
    s = S()
    s.till = 0
    tasks = []
    for each in (pay(s, 5), pay(s, 7)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.till
