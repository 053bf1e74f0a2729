"""Concurrent askers share one future."""

import asyncio


class Cache:
    def __init__(self):
        self.pending = {}
        self.loads = 0

    async def _load(self, key):
        await asyncio.sleep(0.001)
        self.loads += 1
        return key * 2

    async def get(self, key):
        task = self.pending.get(key)
        if task is None:
            task = self.pending[key] = asyncio.create_task(self._load(key))
        return await task


async def main():
    cache = Cache()
    first = asyncio.create_task(cache.get(3))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(cache.get(3))
    return await asyncio.gather(first, second), cache.loads
