"""A rate is worked out if it is not known; who works it out again gets the same."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def compute(k):
    await io()
    return ord(k)


async def rate(s, k):
    if k not in s.rates:
        s.rates[k] = await compute(k)
    return s.rates[k]


async def main():
    s = S()
    s.rates = {}
    tasks = []
    for each in (rate(s, "e"), rate(s, "e")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return (s.rates, r)
