"""A thread fills a catalog with what the loop fetches, and the loop tells how full it is."""

import asyncio
import threading


class Catalog:
    def __init__(self, loop):
        self.loop = loop
        self._lock = threading.Lock()
        self._entries = {}

    async def _fetch(self, name):
        await asyncio.sleep(0.002)
        return {"name": name, "size": len(name)}

    def _fetched(self, name):
        return asyncio.run_coroutine_threadsafe(self._fetch(name), self.loop).result()

    def warm(self, names):
        for name in names:
            entry = self._fetched(name)
            with self._lock:
                self._entries.setdefault(name, entry)

    def size(self):
        with self._lock:
            return sum(entry["size"] for entry in self._entries.values())


async def report(catalog, after):
    await asyncio.sleep(after)
    return catalog.size()


async def main():
    catalog = Catalog(asyncio.get_running_loop())
    warming = asyncio.to_thread(catalog.warm, ["books", "maps"])
    _, size = await asyncio.gather(warming, report(catalog, 0.15))
    return size
