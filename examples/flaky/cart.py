"""A shop's cart and its stock, with a race that strikes once in a while."""

import asyncio
import random


class Stock:
    def __init__(self, pieces):
        self.pieces = pieces

    async def reserve(self, count):
        left = self.pieces
        if left < count:
            return False
        await self._confirm()
        self.pieces = left - count
        return True

    async def _confirm(self):
        await asyncio.sleep(random.uniform(0, 0.004))


class Catalogue:
    def __init__(self):
        self.prices = {"tea": 4, "salt": 1}

    async def price(self, name):
        await asyncio.sleep(0)
        return self.prices[name]


async def checkout(stock, count, delay):
    await asyncio.sleep(delay)
    return await stock.reserve(count)
