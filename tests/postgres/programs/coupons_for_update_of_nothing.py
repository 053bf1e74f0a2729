"""Locks the row that it looks for: where there is none yet nothing is locked, and both insert."""

import asyncio
import os

import asyncpg

URL = os.environ["DATABASE_URL"]


async def redeem(code, customer, turn):
    await asyncio.sleep(0.08 * turn)
    db = await asyncpg.connect(URL)
    try:
        async with db.transaction():
            used = await db.fetchrow("SELECT customer FROM redeemed WHERE code = $1 FOR UPDATE", code)
            if used is None:
                await db.execute("INSERT INTO redeemed (code, customer) VALUES ($1, $2)", code, customer)
    finally:
        await db.close()


async def main():
    db = await asyncpg.connect(URL)
    await db.execute("DROP TABLE IF EXISTS redeemed")
    await db.execute("CREATE TABLE redeemed (code text, customer integer)")
    await asyncio.gather(*(redeem("SPRING", customer, customer) for customer in range(2)))
    count = await db.fetchval("SELECT count(*) FROM redeemed")
    await db.close()
    return count


if __name__ == "__main__":
    print(asyncio.run(main()))
