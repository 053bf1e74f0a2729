"""Two workers take pages from one async generator, in turns."""

import asyncio


async def pages(count):
    for number in range(1, count + 1):
        await asyncio.sleep(0.001)
        yield number


class Turns:
    def __init__(self, cursor):
        self.cursor = cursor
        self.turn = asyncio.Semaphore(1)

    def __aiter__(self):
        return self

    async def __anext__(self):
        async with self.turn:
            return await anext(self.cursor)


async def worker(cursor, taken, starts):
    await asyncio.sleep(starts)
    async for page in cursor:
        taken.append(page)


async def main():
    cursor, taken = pages(4), []
    shared = Turns(cursor)
    outcomes = await asyncio.gather(
        worker(shared, taken, 0), worker(shared, taken, 0.05), return_exceptions=True
    )
    await cursor.aclose()
    return sorted(taken), outcomes
