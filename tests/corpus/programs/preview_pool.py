"""A connection that is taken from the pool is pinged first; a preview is given up when its tab is closed."""

import asyncio


class Connection:
    def __init__(self, number):
        self.number = number

    async def ping(self):
        await asyncio.sleep(0.002)

    async def fetch(self, query):
        await asyncio.sleep(0.001)
        return f"{query}: 3 rows"


class Pool:
    def __init__(self, size):
        self.free = [Connection(number) for number in range(size)]

    async def acquire(self):
        connection = self.free.pop()
        await connection.ping()
        return connection

    def release(self, connection):
        self.free.append(connection)


async def preview(pool, query):
    connection = await pool.acquire()
    try:
        return await connection.fetch(query)
    finally:
        pool.release(connection)


async def tab(pool, query, open_for):
    task = asyncio.create_task(preview(pool, query))
    await asyncio.sleep(open_for)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def main():
    pool = Pool(1)
    await tab(pool, "SELECT sales", 0.04)
    free = len(pool.free)
    rows = await preview(pool, "SELECT stock")
    return rows, free, len(pool.free)
