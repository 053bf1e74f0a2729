"""The heartbeat and a failed call renew a server's connection under the server's lock."""

import asyncio
import itertools

numbers = itertools.count(1)
open_numbers = set()


class Connection:
    def __init__(self):
        self.number = next(numbers)

    async def connect(self):
        await asyncio.sleep(0.001)
        open_numbers.add(self.number)

    def close(self):
        open_numbers.discard(self.number)


class Servers:
    def __init__(self):
        self._connections = {}
        self._locks = {}

    async def reconnect(self, name):
        if name not in self._locks:
            self._locks[name] = asyncio.Lock()
        async with self._locks[name]:
            old = self._connections.pop(name, None)
            if old is not None:
                old.close()
            fresh = Connection()
            await fresh.connect()
            self._connections[name] = fresh

    async def heartbeat(self, name):
        await self.reconnect(name)

    async def call_failed(self, name):
        await asyncio.sleep(0.05)
        await self.reconnect(name)


async def main():
    open_numbers.clear()
    servers = Servers()
    await servers.reconnect("search")
    await asyncio.gather(servers.heartbeat("search"), servers.call_failed("search"))
    return len(open_numbers), len(servers._connections)
