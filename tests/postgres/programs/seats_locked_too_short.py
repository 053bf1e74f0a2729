"""A lock of the program is let go before the transaction commits, with asyncpg."""

import asyncio
import os

import asyncpg

URL = os.environ["DATABASE_URL"]


lock = asyncio.Lock()


async def book(pool, turn):
    await asyncio.sleep(0.08 * turn)
    async with pool.acquire() as db, db.transaction():
        async with lock:
            left = await db.fetchval("SELECT seats FROM shows WHERE id = $1", 7)
            if left > 0:
                await db.execute("UPDATE shows SET seats = $1 WHERE id = $2", left - 1, 7)


async def main():
    async with asyncpg.create_pool(URL, min_size=2, max_size=2) as pool:
        await pool.execute("DROP TABLE IF EXISTS shows")
        await pool.execute("CREATE TABLE shows (id integer PRIMARY KEY, seats integer)")
        await pool.execute("INSERT INTO shows VALUES (7, 10)")
        await asyncio.gather(*(book(pool, turn) for turn in range(2)))
        return await pool.fetchval("SELECT seats FROM shows")


if __name__ == "__main__":
    print(asyncio.run(main()))
