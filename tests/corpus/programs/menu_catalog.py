"""Prices are read under the catalog's lock; a reader who finds them out of date has them loaded."""

import asyncio


class Kitchen:
    def __init__(self):
        self.menu = {"soup": 450, "stew": 890}

    async def read(self):
        await asyncio.sleep(0.001)
        return dict(self.menu)

    async def announce(self):
        await asyncio.sleep(0.002)


class Catalog:
    def __init__(self, kitchen):
        self.kitchen = kitchen
        self.prices = {}
        self.stale = True
        self.loads = 0
        self._lock = asyncio.Lock()

    async def load(self):
        async with self._lock:
            self.prices = await self.kitchen.read()
            self.stale = False
            self.loads += 1

    async def price(self, dish):
        async with self._lock:
            if self.stale:
                await self.load()
            return self.prices[dish]


async def cook(catalog, dish, cents):
    catalog.kitchen.menu[dish] = cents
    catalog.stale = True
    await catalog.kitchen.announce()
    await catalog.load()


async def guest(catalog, dish, delay):
    await asyncio.sleep(delay)
    return await catalog.price(dish)


async def main():
    catalog = Catalog(Kitchen())
    await catalog.load()
    prices = await asyncio.gather(cook(catalog, "soup", 480), guest(catalog, "soup", 0.03), guest(catalog, "stew", 0.03))
    return prices, sorted(catalog.prices.items()), catalog.stale
