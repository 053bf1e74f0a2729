"""The database backend of an async web framework: a wrapper takes a connection of the pool, prepares it and keeps it for the request."""

import asyncio
import contextlib


class Connection:
    def __init__(self, number):
        self.number = number
        self.isolation = None

    async def set_isolation_level(self, level):
        await asyncio.sleep(0.001)
        self.isolation = level

    async def execute(self, sql):
        await asyncio.sleep(0.001)
        return f"{self.number}:{sql}"


class Pool:
    def __init__(self, size):
        self._idle = asyncio.LifoQueue()
        self._size = size
        for number in range(size):
            self._idle.put_nowait(Connection(number))

    async def getconn(self):
        return await self._idle.get()

    def putconn(self, connection):
        connection.isolation = None
        self._idle.put_nowait(connection)

    @property
    def in_use(self):
        return self._size - self._idle.qsize()


class DatabaseWrapper:
    def __init__(self, pool, isolation="read committed"):
        self._pool = pool
        self._isolation = isolation
        self.connection = None

    async def get_new_connection(self):
        connection = await self._pool.getconn()
        await connection.set_isolation_level(self._isolation)
        return connection

    async def ensure_connection(self):
        if self.connection is None:
            self.connection = await self.get_new_connection()

    def close(self):
        if self.connection is not None:
            self._pool.putconn(self.connection)
            self.connection = None

    @contextlib.asynccontextmanager
    async def cursor(self):
        await self.ensure_connection()
        yield self.connection


async def request(pool, path):
    wrapper = DatabaseWrapper(pool)
    try:
        async with wrapper.cursor() as cursor:
            return await cursor.execute(f"select * from page where path = '{path}'")
    finally:
        wrapper.close()


async def visitor_leaves(task, after):
    """The server cancels the request of a visitor who has gone away."""
    await asyncio.sleep(after)
    task.cancel()


async def main():
    pool = Pool(2)
    home, about = (asyncio.create_task(request(pool, path)) for path in ("/", "/about"))
    await asyncio.gather(home, about, visitor_leaves(home, 0.03), return_exceptions=True)
    return pool.in_use
