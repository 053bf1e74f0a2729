"""Two workers take pages from one async generator."""

import asyncio


async def pages(count):
    for number in range(1, count + 1):
        await asyncio.sleep(0.001)
        yield number


async def worker(cursor, taken, starts):
    await asyncio.sleep(starts)
    async for page in cursor:
        taken.append(page)


async def main():
    cursor, taken = pages(4), []
    outcomes = await asyncio.gather(
        worker(cursor, taken, 0), worker(cursor, taken, 0.05), return_exceptions=True
    )
    await cursor.aclose()
    return sorted(taken), outcomes
