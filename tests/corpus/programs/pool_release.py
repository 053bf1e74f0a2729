"""A handler takes a connection from a pool, and gives it back after a reset; a slow client is cut off."""

import asyncio
from contextlib import asynccontextmanager


class Connection:
    def __init__(self, number):
        self.number = number
        self.listening = False

    async def fetch(self, query):
        self.listening = True
        await asyncio.sleep(0.002)
        return f"{query} done"

    async def reset(self):
        await asyncio.sleep(0.002)
        self.listening = False


class Pool:
    def __init__(self, size):
        self.size = size
        self.free = asyncio.Queue()
        for number in range(size):
            self.free.put_nowait(Connection(number))

    @asynccontextmanager
    async def acquire(self):
        connection = await self.free.get()
        try:
            yield connection
        finally:
            await self._release(connection)

    async def _release(self, connection):
        await connection.reset()
        self.free.put_nowait(connection)

    async def close(self):
        connections = [await self.free.get() for _ in range(self.size)]
        return sorted(connection.number for connection in connections)


async def handler(pool, query, patience, results):
    try:
        async with asyncio.timeout(patience):
            async with pool.acquire() as connection:
                results[query] = await connection.fetch(query)
    except TimeoutError:
        pass


async def main():
    pool = Pool(2)
    results = {}
    async with asyncio.TaskGroup() as group:
        group.create_task(handler(pool, "users", 0.4, results))
        group.create_task(handler(pool, "orders", None, results))
    return sorted(results.items()), await pool.close()
