"""A pool checks a connection before it hands it out; a request that gives up in that moment takes it along."""

import asyncio


class Pool:
    def __init__(self, size, check):
        self.idle = asyncio.Queue()
        self.check = check
        for number in range(size):
            self.idle.put_nowait(f"connection-{number}")

    async def get(self):
        connection = await self.idle.get()
        try:
            await self.check(connection)
        except Exception:
            self.idle.put_nowait(connection)
            raise
        return connection

    def put(self, connection):
        self.idle.put_nowait(connection)


async def ping(connection):
    await asyncio.sleep(0.001)


async def handler(pool, patience):
    try:
        async with asyncio.timeout(patience):
            connection = await pool.get()
    except TimeoutError:
        return "gave up"
    pool.put(connection)
    return "served"


async def main():
    pool = Pool(2, ping)
    served = await asyncio.gather(handler(pool, 0.3), handler(pool, 0.3), handler(pool, 0.3))
    return served.count("served") + served.count("gave up"), pool.idle.qsize()
