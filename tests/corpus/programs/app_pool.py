"""The pool is published before it is initialised; who comes while the first waits gets a pool without connections."""

import asyncio

_pool = None


class InterfaceError(Exception):
    pass


class Pool:
    def __init__(self, size):
        self._size = size
        self._holders = []

    async def initialize(self):
        for number in range(self._size):
            await asyncio.sleep(0.001)
            self._holders.append(f"connection-{number}")

    async def fetchval(self, query):
        if len(self._holders) < self._size:
            raise InterfaceError("pool is being initialised")
        connection = self._holders.pop()
        await asyncio.sleep(0)
        self._holders.append(connection)
        return query.upper()


async def get_pool():
    global _pool
    if _pool is None:
        _pool = Pool(1)
        await _pool.initialize()
    return _pool


async def handler(query, delay):
    await asyncio.sleep(delay)
    pool = await get_pool()
    return await pool.fetchval(query)


async def run():
    global _pool
    _pool = None
    answers = await asyncio.gather(handler("select 1", 0), handler("select 2", 0.04), return_exceptions=True)
    return [repr(answer) for answer in answers], len(_pool._holders)


def main():
    return asyncio.run(run())
