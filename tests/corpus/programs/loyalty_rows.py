"""Loyalty points are read from the row, awaited over, and written back as a whole."""

import asyncio
import sqlite3


class Points:
    def __init__(self):
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.execute("CREATE TABLE member (id INTEGER PRIMARY KEY, points INTEGER)")
        self.db.execute("INSERT INTO member VALUES (7, 100)")

    def read(self, member):
        return self.db.execute("SELECT points FROM member WHERE id = ?", (member,)).fetchone()[0]

    def write(self, member, points):
        self.db.execute("UPDATE member SET points = ? WHERE id = ?", (points, member))


async def bonus(basket):
    await asyncio.sleep(0.001)
    return sum(basket) // 10


async def checkout(store, member, basket):
    points = store.read(member)
    earned = await bonus(basket)
    store.write(member, points + earned)


async def till(store, opens, baskets):
    await asyncio.sleep(opens)
    for basket in baskets:
        await checkout(store, 7, basket)


async def main():
    store = Points()
    async with asyncio.TaskGroup() as shop:
        shop.create_task(till(store, 0, [[120, 30], [50]]))
        shop.create_task(till(store, 0.05, [[200]]))
    return store.read(7)
