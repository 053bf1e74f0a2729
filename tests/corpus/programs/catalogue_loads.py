"""A catalogue is loaded anew when a client asks for it; of overlapping loads, the one begun last is kept."""

import asyncio
import itertools


class Catalogue:
    def __init__(self, shop):
        self.shop = shop
        self.items = ()
        self._loads = itertools.count(1)
        self._begun = 0

    async def reload(self):
        mine = self._begun = next(self._loads)
        items = await self.shop.items()
        if mine == self._begun:
            self.items = items


class Shop:
    def __init__(self):
        self.shelf = ["tea"]

    async def items(self):
        await asyncio.sleep(0)
        items = tuple(self.shelf)
        await asyncio.sleep(0.002)
        return items


async def merchant(shop, catalogue, pause, item):
    await asyncio.sleep(pause)
    shop.shelf.append(item)
    await catalogue.reload()


async def main():
    shop = Shop()
    catalogue = Catalogue(shop)
    await asyncio.gather(merchant(shop, catalogue, 0, "milk"), merchant(shop, catalogue, 0.001, "sugar"))
    return sorted(catalogue.items)
