"""A cart is read and written through coroutines that never let anybody else run."""

import asyncio


class MemoryStore:
    def __init__(self):
        self._carts = {}

    async def load(self, who):
        return list(self._carts.get(who, ()))

    async def save(self, who, items):
        self._carts[who] = tuple(items)


class Shop:
    def __init__(self, store):
        self.store = store

    async def add(self, who, item):
        items = await self.store.load(who)
        items.append(item)
        await self.store.save(who, items)


async def browser(shop, items):
    for item in items:
        await asyncio.sleep(0.001)
        await shop.add("ann", item)


async def main():
    store = MemoryStore()
    shop = Shop(store)
    await asyncio.gather(browser(shop, ["lamp", "rug"]), browser(shop, ["desk"]))
    return sorted(await store.load("ann"))
