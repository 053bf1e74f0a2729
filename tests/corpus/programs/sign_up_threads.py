"""Sign-up: looks whether an email is taken in one executor call, inserts in another."""

import asyncio
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path


class Database:
    def __init__(self, path):
        self.path = path
        self.pool = ThreadPoolExecutor(4)

    @contextmanager
    def cursor(self):
        db = sqlite3.connect(self.path, timeout=5)
        try:
            yield db.cursor()
            db.commit()
        finally:
            db.close()

    def query(self, sql, *args):
        with self.cursor() as cursor:
            cursor.execute(sql, args)
            return cursor.fetchall()

    async def fetch(self, sql, *args):
        return await asyncio.get_running_loop().run_in_executor(self.pool, partial(self.query, sql, *args))


class Users:
    def __init__(self, db):
        self.db = db

    async def exists(self, email):
        rows = await self.db.fetch("SELECT id FROM users WHERE email = ?", email)
        return bool(rows)

    async def create(self, email):
        await self.db.fetch("INSERT INTO users (email) VALUES (?)", email)


async def sign_up(users, email, delay):
    await asyncio.sleep(delay)
    if await users.exists(email):
        return "taken"
    await users.create(email)
    return "welcome"


async def run():
    with tempfile.TemporaryDirectory() as folder:
        db = Database(Path(folder) / "u.db")
        await db.fetch("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT)")
        users = Users(db)
        answers = await asyncio.gather(sign_up(users, "a@b", 0), sign_up(users, "a@b", 0.15))
        db.pool.shutdown()
        return answers, await_rows(db)


def await_rows(db):
    return db.query("SELECT count(*) FROM users")[0][0]


def main():
    return asyncio.run(run())
