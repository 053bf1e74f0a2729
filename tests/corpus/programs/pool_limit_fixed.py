"""The place in the pool is taken before the connection is made."""

import asyncio


class Pool:
    def __init__(self, limit):
        self.limit = limit
        self.used = 0

    async def _connect(self, name):
        await asyncio.sleep(0.001)
        return name

    async def acquire(self, name):
        if self.used >= self.limit:
            raise RuntimeError("pool is full")
        self.used += 1
        return await self._connect(name)

    async def release(self, connection):
        self.used -= 1


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
    return pool.used
