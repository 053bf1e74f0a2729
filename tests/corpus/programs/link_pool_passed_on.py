"""A pool of links to a database: who finds none idle waits, and a link that comes back goes to one that still waits.

After https://github.com/psycopg/psycopg/issues/509
"""

import asyncio
from collections import deque
from contextlib import asynccontextmanager, suppress


class Pool:
    def __init__(self, *links):
        self._idle = deque(links)
        self._waiting = deque()

    async def getconn(self):
        if self._idle:
            return self._idle.popleft()
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.putconn(waiter.result())
            else:
                self._waiting.remove(waiter)
            raise

    def putconn(self, link):
        for waiter in self._waiting:
            if not waiter.done():
                self._waiting.remove(waiter)
                waiter.set_result(link)
                return
        self._idle.append(link)

    @asynccontextmanager
    async def connection(self):
        link = await self.getconn()
        try:
            yield link
        finally:
            self.putconn(link)


async def query(pool, sql, seconds):
    async with pool.connection() as link:
        await asyncio.sleep(seconds)
        return f"{link}: {sql}"


async def main():
    pool = Pool("link-1")
    long = asyncio.create_task(query(pool, "long", 0.05))
    await asyncio.sleep(0.01)
    chart = asyncio.create_task(query(pool, "chart", 0.01))
    await asyncio.sleep(0.2)
    chart.cancel()  # the reader scrolls on
    with suppress(asyncio.CancelledError):
        await chart
    async with asyncio.timeout(1):
        last = await query(pool, "last", 0.01)
    return await long, last


if __name__ == "__main__":
    print(asyncio.run(main()))
