"""The old events of a moving window are counted and cut off under one holding of the lock."""

import asyncio


class MemoryStorage:
    def __init__(self):
        self.events = {}
        self.lock = asyncio.Lock()

    async def acquire(self, key, now):
        async with self.lock:
            self.events.setdefault(key, []).insert(0, now)

    async def expire(self, key, oldest):
        async with self.lock:
            events = self.events.get(key, [])
            keep = len([event for event in events if event >= oldest])
            await self.flush_metrics(key)
            del self.events[key][keep:]

    async def flush_metrics(self, key):
        await asyncio.sleep(0.001)


async def main():
    storage = MemoryStorage()
    for second in (1, 2, 30):
        await storage.acquire("ip", second)

    async def hit():
        await asyncio.sleep(0.05)
        await storage.acquire("ip", 31)

    await asyncio.gather(storage.expire("ip", 10), hit())
    return storage.events
