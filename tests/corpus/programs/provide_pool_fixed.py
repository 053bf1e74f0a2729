"""The pool is made under a lock by whoever still finds none there."""

import asyncio


class Pool:
    def __init__(self, number):
        self.number = number
        self.opened = 0
        self.out = set()

    async def acquire(self):
        self.opened += 1
        connection = f"pool {self.number}, connection {self.opened}"
        self.out.add(connection)
        return connection

    async def release(self, connection):
        self.out.remove(connection)


class Config:
    def __init__(self):
        self.connection_instance = None
        self.created = 0
        self._pool_lock = asyncio.Lock()

    async def _create_pool(self):
        await asyncio.sleep(0.001)
        self.created += 1
        return Pool(self.created)

    async def provide_pool(self):
        if self.connection_instance is None:
            async with self._pool_lock:
                if self.connection_instance is None:
                    self.connection_instance = await self._create_pool()
        return self.connection_instance


async def request(config):
    pool = await config.provide_pool()
    connection = await pool.acquire()
    await asyncio.sleep(0.001)
    await config.connection_instance.release(connection)


async def main():
    config = Config()
    first = asyncio.create_task(request(config))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(request(config))
    await asyncio.gather(first, second)
    return config.created
