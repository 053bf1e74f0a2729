"""A decorator serialises calls by their first argument; the table of locks is swept by the last one out."""

import asyncio
import functools


def serialised(function):
    table = {}

    @functools.wraps(function)
    async def wrapper(self, key, *args):
        entry = table.get(key)
        if entry is None:
            entry = table[key] = [asyncio.Lock(), 0]
        async with entry[0]:
            result = await function(self, key, *args)
        if not entry[0].locked():
            del table[key]
        return result

    wrapper.table = table
    return wrapper


class Wallet:
    def __init__(self):
        self.money = {"x": 100}

    @serialised
    async def spend(self, key, amount):
        left = self.money[key]
        await asyncio.sleep(0.001)
        if left < amount:
            return False
        self.money[key] = left - amount
        return True


async def later(delay, wallet, amount):
    await asyncio.sleep(delay)
    return await wallet.spend("x", amount)


async def main():
    wallet = Wallet()
    done = await asyncio.gather(*(later(0.06 * n, wallet, 30) for n in range(3)), return_exceptions=True)
    return done, wallet.money
