"""Each backend call makes sure of a connection first; callers that arrive while it is being opened open one more."""

import asyncio


class Server:
    def __init__(self):
        self.opened = 0

    async def open(self):
        await asyncio.sleep(0.002)
        self.opened += 1
        return {"number": self.opened, "data": {}}


class RedisBackend:
    def __init__(self, server):
        self.server = server
        self.client = None

    async def _connect(self):
        if self.client is None:
            self.client = await self.server.open()
        return self.client

    async def set(self, key, value):
        client = await self._connect()
        client["data"][key] = value

    async def get(self, key):
        client = await self._connect()
        return client["data"].get(key)


class GearCache(RedisBackend):
    async def remember(self, key, value, delay):
        await asyncio.sleep(delay)
        await self.set(key, value)


async def run():
    server = Server()
    cache = GearCache(server)
    await asyncio.gather(cache.remember("bike", 7, 0.0), cache.remember("kart", 4, 0.03))
    return server.opened, await cache.get("bike"), await cache.get("kart")


def main():
    return asyncio.run(run())
