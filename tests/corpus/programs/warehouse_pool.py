"""Coroutines borrow warehouse connections from a pool that a lock of the threading module guards."""

import asyncio
import threading
from contextlib import asynccontextmanager


class Connection:
    def __init__(self, account, number):
        self.account = account
        self.number = number
        self.queries = []

    def run(self, sql):
        self.queries.append(sql)
        return f"{self.account}#{self.number}: {sql}"


class WarehousePool:
    def __init__(self, account):
        self.account = account
        self._pool_lock = threading.Lock()
        self._idle = []
        self.opened = 0

    def _connect(self):
        self.opened += 1
        return Connection(self.account, self.opened)

    @asynccontextmanager
    async def connection(self):
        with self._pool_lock:
            if self._idle:
                connection = self._idle.pop()
            else:
                loop = asyncio.get_running_loop()
                connection = await loop.run_in_executor(None, self._connect)
        try:
            yield connection
        finally:
            with self._pool_lock:
                self._idle.append(connection)


class SearchTool:
    def __init__(self, pool):
        self.pool = pool

    async def ask(self, after, sql):
        await asyncio.sleep(after)
        async with self.pool.connection() as connection:
            return connection.run(sql)


async def main():
    tool = SearchTool(WarehousePool("acme"))
    answers = await asyncio.gather(tool.ask(0, "select 1"), tool.ask(0.15, "select 2"))
    return [answer.split(": ")[1] for answer in answers], len(tool.pool._idle) <= tool.pool.opened
