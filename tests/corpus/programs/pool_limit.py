"""A connection pool checks its limit, connects, and only then counts the connection."""

import asyncio


class Pool:
    def __init__(self, limit):
        self.limit = limit
        self.acquired = set()

    async def _connect(self, name):
        await asyncio.sleep(0.001)
        return name

    async def acquire(self, name):
        if len(self.acquired) >= self.limit:
            raise RuntimeError("pool is full")
        connection = await self._connect(name)
        self.acquired.add(connection)
        return connection

    async def release(self, connection):
        self.acquired.discard(connection)


async def request(pool, name):
    connection = await pool.acquire(name)
    await asyncio.sleep(0)
    await pool.release(connection)


async def main():
    pool = Pool(1)
    first = asyncio.create_task(request(pool, "a"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(request(pool, "b"))
    await asyncio.gather(first, second)
    return len(pool.acquired)
