"""Loyalty points are added to the row by the statement itself."""

import asyncio
import sqlite3


class Points:
    def __init__(self):
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.execute("CREATE TABLE member (id INTEGER PRIMARY KEY, points INTEGER)")
        self.db.execute("INSERT INTO member VALUES (7, 100)")

    def read(self, member):
        return self.db.execute("SELECT points FROM member WHERE id = ?", (member,)).fetchone()[0]

    def add(self, member, points):
        self.db.execute("UPDATE member SET points = points + ? WHERE id = ?", (points, member))


async def bonus(basket):
    await asyncio.sleep(0.001)
    return sum(basket) // 10


async def checkout(store, member, basket):
    store.add(member, await bonus(basket))


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
