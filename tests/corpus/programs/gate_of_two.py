"""Two locks are taken in both orders, always behind a gate."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def both(s, first, second):
    async with s.gate:
        async with first:
            await io()
            async with second:
                s.n += 1


async def main():
    s = S()
    s.gate = asyncio.Lock()
    s.a = asyncio.Lock()
    s.b = asyncio.Lock()
    s.n = 0
    tasks = []
    for each in (both(s, s.a, s.b), both(s, s.b, s.a)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.n
