"""Handlers of a crawler load their shared state on first use; two that come first get a copy each."""

import asyncio


class KeyValueStore:
    def __init__(self, values):
        self.values = values

    async def get(self, key):
        await asyncio.sleep(0.001)
        return dict(self.values.get(key, {}))


class Crawler:
    STATE_KEY = "CRAWLER_STATE"

    def __init__(self, store):
        self.store = store
        self._cache = {}

    async def use_state(self, default):
        if self.STATE_KEY not in self._cache:
            stored = await self.store.get(self.STATE_KEY)
            self._cache[self.STATE_KEY] = {**default, **stored}
        return self._cache[self.STATE_KEY]

    async def handle(self, url):
        state = await self.use_state({"pages": 0})
        state["pages"] += 1
        state["last"] = url


async def visit(crawler, after, url):
    await asyncio.sleep(after)
    await crawler.handle(url)


async def main():
    crawler = Crawler(KeyValueStore({"CRAWLER_STATE": {"pages": 40}}))
    await asyncio.gather(visit(crawler, 0, "/a"), visit(crawler, 0.05, "/b"))
    return crawler._cache["CRAWLER_STATE"]
