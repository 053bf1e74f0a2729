"""A pool of database connections grows as it is asked, up to a limit that the server has set.

After https://github.com/aio-libs/aiopg/pull/28
"""

import asyncio
import logging
from collections import deque
from contextlib import asynccontextmanager

logger = logging.getLogger("pool")


class TooManyConnections(Exception):
    pass


class Server:
    def __init__(self, limit, handshake):
        self.limit = limit
        self.handshake = handshake
        self.sessions = 0

    async def connect(self):
        await asyncio.sleep(self.handshake)
        if self.sessions >= self.limit:
            raise TooManyConnections(f"more than {self.limit} sessions")
        self.sessions += 1
        return Connection(self)


class Connection:
    def __init__(self, server):
        self.server = server

    async def execute(self, statement):
        await asyncio.sleep(0.03)
        return statement.upper()


class Pool:
    def __init__(self, server, maxsize):
        self._server = server
        self._maxsize = maxsize
        self._free = deque()
        self._used = set()
        self._cond = asyncio.Condition()

    @property
    def size(self):
        return len(self._free) + len(self._used)

    async def _fill_free_pool(self):
        if not self._free and self.size < self._maxsize:
            connection = await self._server.connect()
            self._free.append(connection)

    @asynccontextmanager
    async def acquire(self):
        while True:
            await self._fill_free_pool()
            if self._free:
                connection = self._free.popleft()
                break
            async with self._cond:
                await self._cond.wait_for(lambda: self._free)
        self._used.add(connection)
        try:
            yield connection
        finally:
            self._used.remove(connection)
            self._free.append(connection)
            async with self._cond:
                self._cond.notify()


async def handler(pool, statement, after):
    await asyncio.sleep(after)
    async with pool.acquire() as connection:
        return await connection.execute(statement)


async def main():
    pool = Pool(Server(1, 0.02), 1)
    answers = await asyncio.gather(handler(pool, "select", 0), handler(pool, "update", 0.1), handler(pool, "delete", 0.2))
    return answers, pool.size


if __name__ == "__main__":
    assert asyncio.run(main()) == (["SELECT", "UPDATE", "DELETE"], 1)
