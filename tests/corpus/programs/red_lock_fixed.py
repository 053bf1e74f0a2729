"""The holder takes its event out before the key is given up, and sets it after."""

import asyncio


class Cache:
    def __init__(self):
        self.data = {}

    async def add(self, key, value):
        await asyncio.sleep(0.001)
        if key in self.data:
            return False
        self.data[key] = value
        return True

    async def delete(self, key):
        self.data.pop(key, None)
        await asyncio.sleep(0.001)


EVENTS = {}


class RedLock:
    def __init__(self, cache, key):
        self.cache = cache
        self.key = key

    async def __aenter__(self):
        while not await self.cache.add(self.key, "held"):
            event = EVENTS.get(self.key)
            if event is not None:
                await event.wait()
        EVENTS[self.key] = asyncio.Event()

    async def __aexit__(self, *_):
        mine = EVENTS.pop(self.key)
        await self.cache.delete(self.key)
        mine.set()


async def use(cache, name, log):
    async with RedLock(cache, "report"):
        await asyncio.sleep(0.003)
        log.append(name)


async def main():
    EVENTS.clear()
    cache = Cache()
    log = []
    first = asyncio.create_task(use(cache, "a", log))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(use(cache, "b", log))
    await asyncio.gather(first, second)
    return sorted(log), sorted(EVENTS)
