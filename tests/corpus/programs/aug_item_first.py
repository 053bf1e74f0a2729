"""The price is fetched first, and added in a step."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def price(n):
    await io()
    return n


async def sell(s, k, n):
    got = await price(n)
    s.sum[k] += got


async def main():
    s = S()
    s.sum = {"a": 0}
    tasks = []
    for each in (sell(s, "a", 2), sell(s, "a", 3)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.sum
