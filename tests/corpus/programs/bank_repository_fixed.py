"""Coroutines update a row through a repository: select, compute, update in to_thread calls."""

import asyncio
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path


class Repository:
    def __init__(self, path):
        self.path = path

    def _get(self, name):
        with closing(sqlite3.connect(self.path)) as db:
            return db.execute("SELECT balance FROM accounts WHERE name = ?", (name,)).fetchone()[0]

    def _set(self, name, balance):
        with closing(sqlite3.connect(self.path)) as db, db:
            db.execute("UPDATE accounts SET balance = ? WHERE name = ?", (balance, name))

    async def get(self, name):
        return await asyncio.to_thread(self._get, name)

    async def set(self, name, balance):
        await asyncio.to_thread(self._set, name, balance)


class Bank:
    def __init__(self, repo):
        self.repo = repo
        self.lock = asyncio.Lock()

    async def deposit(self, name, amount):
        async with self.lock:
            balance = await self.repo.get(name)
            await self.repo.set(name, balance + amount)


async def later(delay, bank, amount):
    await asyncio.sleep(delay)
    await bank.deposit("ann", amount)


async def run():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bank.db"
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("CREATE TABLE accounts (name TEXT PRIMARY KEY, balance INTEGER)")
            db.execute("INSERT INTO accounts VALUES ('ann', 0)")
        bank = Bank(Repository(path))
        await asyncio.gather(later(0, bank, 5), later(0.1, bank, 7))
        return await bank.repo.get("ann")


def main():
    return asyncio.run(run())
