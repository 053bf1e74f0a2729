"""What a caller acquired stays in a variable of its own."""

import asyncio


class PgPool:
    def __init__(self, size):
        self._free = [f"conn-{number}" for number in range(size)]

    async def _checkout(self):
        await asyncio.sleep(0.001)
        return self._free.pop(0)

    async def acquire(self):
        connection = await self._checkout()
        await asyncio.sleep(0.001)
        return connection

    async def release(self, connection):
        await asyncio.sleep(0)
        self._free.append(connection)


async def query(pool, used):
    connection = await pool.acquire()
    used.append(connection)
    await asyncio.sleep(0.001)
    await pool.release(connection)


async def main():
    pool = PgPool(2)
    used = []
    first = asyncio.create_task(query(pool, used))
    await asyncio.sleep(0.02)
    second = asyncio.create_task(query(pool, used))
    await asyncio.gather(first, second)
    return sorted(pool._free), sorted(set(used)) <= ["conn-0", "conn-1"]
