"""Edits of a wiki page come one after the other: each page has a lock, which goes when the edit is through."""

import asyncio
from contextlib import asynccontextmanager


class PageLocks:
    def __init__(self):
        self._locks = {}

    @asynccontextmanager
    async def editing(self, page):
        lock = self._locks.setdefault(page, asyncio.Lock())
        async with lock:
            yield
        self._locks.pop(page, None)

    def __len__(self):
        return len(self._locks)


class Wiki:
    def __init__(self, storage_delay):
        self.pages = {}
        self.locks = PageLocks()
        self.storage_delay = storage_delay

    async def append(self, page, line):
        async with self.locks.editing(page):
            text = await self._storage(self.pages.get, page, ())
            await self._storage(self.pages.__setitem__, page, (*text, line))

    async def _storage(self, operation, *args):
        await asyncio.sleep(self.storage_delay)
        return operation(*args)


async def author(wiki, page, line, thinks):
    await asyncio.sleep(thinks)
    await wiki.append(page, line)


async def session():
    wiki = Wiki(storage_delay=0.002)
    await asyncio.gather(
        author(wiki, "Bees", "They dance.", 0),
        author(wiki, "Bees", "They hum.", 0.001),
        author(wiki, "Bees", "They sleep.", 0.05),
        author(wiki, "Wasps", "They bite wood.", 0.002),
    )
    return {page: sorted(wiki.pages[page]) for page in ("Bees", "Wasps")}, len(wiki.locks)


def main():
    return asyncio.run(session())


if __name__ == "__main__":
    print(main())
