"""A shelf is brought up to date from the loop and searched by a thread, both under the shelf's lock."""

import asyncio
import threading


class Library:
    def __init__(self):
        self.books = {"emma": "Austen", "dracula": "Stoker"}

    async def changes(self):
        await asyncio.sleep(0.002)
        return dict(self.books)


class Shelf:
    def __init__(self, library):
        self.library = library
        self.books = {}
        self.syncs = 0
        self._lock = threading.Lock()

    async def sync(self):
        with self._lock:
            self.books.update(await self.library.changes())
            self.syncs += 1

    def search(self, author):
        with self._lock:
            return sorted(title for title, name in self.books.items() if name == author)


async def reader(shelf, author, delay):
    await asyncio.sleep(delay)
    await shelf.sync()
    return await asyncio.to_thread(shelf.search, author)


async def main():
    shelf = Shelf(Library())
    found = await asyncio.gather(reader(shelf, "Austen", 0), reader(shelf, "Stoker", 0.04))
    return found, shelf.syncs, sorted(shelf.books)
