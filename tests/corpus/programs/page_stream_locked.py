"""Two consumers share one asynchronous generator that fetches the pages of a listing."""

import asyncio


class Listing:
    def __init__(self, pages):
        self.pages = pages

    async def fetch(self, number):
        await asyncio.sleep(0.001)
        return self.pages[number] if number < len(self.pages) else []

    async def stream(self):
        number = 0
        while rows := await self.fetch(number):
            yield number, rows
            number += 1


async def consume(stream, lock, index, starts):
    await asyncio.sleep(starts)
    while True:
        async with lock:
            page = await anext(stream, None)
        if page is None:
            return
        number, rows = page
        index[number] = sorted(rows)


async def main():
    stream = Listing([["b", "a"], ["d", "c"], ["e"]]).stream()
    lock = asyncio.Lock()
    index = {}
    ended = await asyncio.gather(consume(stream, lock, index, 0), consume(stream, lock, index, 0.15), return_exceptions=True)
    return [type(result).__name__ for result in ended], sorted(index.items())
