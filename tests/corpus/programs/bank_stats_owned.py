"""Statistics of a memory bank are cached, and requests for the same bank share one query.

After https://github.com/vectorize-io/hindsight/pull/2315
"""

import asyncio


class Bank:
    def __init__(self):
        self.documents = ["first"]

    async def count(self):
        found = len(self.documents)
        await asyncio.sleep(0.02)
        return found


class StatsCache:
    def __init__(self, bank):
        self._bank = bank
        self._cached = {}
        self._loading = {}

    async def get(self, key):
        if key in self._cached:
            return self._cached[key]
        if (loading := self._loading.get(key)) is None:
            loading = self._loading[key] = asyncio.create_task(self._load(key))
        return await asyncio.shield(loading)

    async def _load(self, key):
        try:
            stats = await self._bank.count()
            if self._loading.get(key) is asyncio.current_task():
                self._cached[key] = stats
            return stats
        finally:
            if self._loading.get(key) is asyncio.current_task():
                del self._loading[key]

    def invalidate(self, key):
        self._cached.pop(key, None)
        self._loading.pop(key, None)


async def dashboard(cache, after):
    await asyncio.sleep(after)
    return await cache.get("bank")


async def retain(bank, cache, document, after):
    await asyncio.sleep(after)
    bank.documents.append(document)
    cache.invalidate("bank")


async def main():
    bank = Bank()
    cache = StatsCache(bank)
    await asyncio.gather(dashboard(cache, 0.0), retain(bank, cache, "second", 0.15))
    await asyncio.sleep(0.1)
    return await cache.get("bank")


if __name__ == "__main__":
    assert asyncio.run(main()) == 2
