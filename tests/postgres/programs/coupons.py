"""A coupon may be used once; tasks look whether it was (psycopg's asynchronous connections), and then note that it is."""

import asyncio
import os

import psycopg

URL = os.environ["DATABASE_URL"]


async def redeem(code, customer, turn):
    await asyncio.sleep(0.08 * turn)
    async with await psycopg.AsyncConnection.connect(URL) as db:
        cursor = await db.execute("SELECT customer FROM redeemed WHERE code = %s", (code,))
        if await cursor.fetchone() is not None:
            return False
        await db.execute("INSERT INTO redeemed (code, customer) VALUES (%s, %s)", (code, customer))
        return True


async def main():
    async with await psycopg.AsyncConnection.connect(URL, autocommit=True) as db:
        await db.execute("DROP TABLE IF EXISTS redeemed")
        await db.execute("CREATE TABLE redeemed (code text, customer integer)")
        given = await asyncio.gather(*(redeem("SPRING", customer, customer) for customer in range(2)))
        return sum(given)


if __name__ == "__main__":
    print(asyncio.run(main()))
