"""A function of the server locks the show, so that the second booking waits there; the text of the statement does not say so."""

import asyncio
import os

import asyncpg

URL = os.environ["DATABASE_URL"]
LOCKING = """
CREATE OR REPLACE FUNCTION begin_booking(show integer) RETURNS void LANGUAGE sql
AS 'SELECT 1 FROM shows WHERE id = show FOR UPDATE'
"""


async def book(pool, turn):
    await asyncio.sleep(0.08 * turn)
    async with pool.acquire() as db, db.transaction():
        await db.execute("SELECT begin_booking($1)", 7)
        left = await db.fetchval("SELECT seats FROM shows WHERE id = $1", 7)
        if left > 0:
            await db.execute("UPDATE shows SET seats = $1 WHERE id = $2", left - 1, 7)


async def main():
    async with asyncpg.create_pool(URL, min_size=2, max_size=2) as pool:
        await pool.execute("DROP TABLE IF EXISTS shows")
        await pool.execute("CREATE TABLE shows (id integer PRIMARY KEY, seats integer)")
        await pool.execute("INSERT INTO shows VALUES (7, 10)")
        await pool.execute(LOCKING)
        await asyncio.gather(*(book(pool, turn) for turn in range(2)))
        return await pool.fetchval("SELECT seats FROM shows")


if __name__ == "__main__":
    print(asyncio.run(main()))
