"""A loader reads a sitemap into a short buffer; a crawler takes the pages out of it, one by one."""

import asyncio
from collections import deque


class SitemapLoader:
    def __init__(self, limit, journal):
        self.limit = limit
        self.journal = journal
        self.buffer = deque()
        self.finished = False
        self._has_capacity = asyncio.Event()
        self._has_capacity.set()

    async def load(self, pages):
        async for page in pages:
            if len(self.buffer) >= self.limit:
                await self.journal(f"full before {page}")
                self._has_capacity.clear()
                await self._has_capacity.wait()
            self.buffer.append(page)
        self.finished = True

    def take(self):
        page = self.buffer.popleft()
        if len(self.buffer) < self.limit:
            self._has_capacity.set()
        return page


async def sitemap(count):
    for number in range(count):
        yield f"/page/{number}"


async def journal(line):
    for _ in ("disk", "console"):
        await asyncio.sleep(0.001)


async def crawl(loader, visited):
    while loader.buffer or not loader.finished:
        await asyncio.sleep(0.05)
        if loader.buffer:
            visited.append(loader.take())


async def run():
    visited = []
    loader = SitemapLoader(1, journal)
    async with asyncio.TaskGroup() as group:
        group.create_task(loader.load(sitemap(4)))
        group.create_task(crawl(loader, visited))
    return visited


def main():
    return asyncio.run(run())


if __name__ == "__main__":
    print(main())
