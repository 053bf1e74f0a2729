"""The transfer holds the account's lock from load to save."""

import asyncio
from collections import defaultdict


class Repository:
    def __init__(self):
        self.rows = {"a": {"balance": 1000}, "b": {"balance": 0}}
        self.locks = defaultdict(asyncio.Lock)

    async def load(self, key):
        await asyncio.sleep(0)
        return dict(self.rows[key])

    async def save(self, key, row):
        await asyncio.sleep(0)
        self.rows[key] = row


async def withdraw(repository, key, amount):
    async with repository.locks[key]:
        row = await repository.load(key)
        row["balance"] -= amount
        await repository.save(key, row)


async def main():
    repository = Repository()
    first = asyncio.create_task(withdraw(repository, "a", 100))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(withdraw(repository, "a", 50))
    await asyncio.gather(first, second)
    return repository.rows["a"]["balance"]
