"""Each key has a lock of its own."""

import asyncio


class Store:
    def __init__(self):
        self.values = {"a": 0}
        self.locks = {}

    async def increment(self, key):
        lock = self.locks.setdefault(key, asyncio.Lock())
        async with lock:
            value = self.values[key]
            await asyncio.sleep(0)
            self.values[key] = value + 1


async def main():
    store = Store()
    first = asyncio.create_task(store.increment("a"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(store.increment("a"))
    await asyncio.gather(first, second)
    return store.values
