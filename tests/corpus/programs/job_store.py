"""Async workers claim jobs through a store whose methods run sqlite in threads."""

import asyncio
import sqlite3
import tempfile
from pathlib import Path


class JobStore:
    def __init__(self, path):
        self.path = path

    def _connect(self):
        return sqlite3.connect(self.path, timeout=5, isolation_level=None)

    def _oldest(self):
        db = self._connect()
        row = db.execute("SELECT id FROM jobs WHERE owner IS NULL ORDER BY id LIMIT 1").fetchone()
        db.close()
        return row[0] if row else None

    def _take(self, job, owner):
        db = self._connect()
        db.execute("UPDATE jobs SET owner = ? WHERE id = ?", (owner, job))
        db.close()

    async def oldest(self):
        return await asyncio.to_thread(self._oldest)

    async def take(self, job, owner):
        await asyncio.to_thread(self._take, job, owner)


async def worker(store, name, delay, done):
    await asyncio.sleep(delay)
    while (job := await store.oldest()) is not None:
        await store.take(job, name)
        done.append(job)


async def run():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.db"
        db = sqlite3.connect(path)
        db.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, owner TEXT)")
        db.executemany("INSERT INTO jobs (id) VALUES (?)", [(1,), (2,), (3,)])
        db.commit()
        db.close()
        store, done = JobStore(path), []
        await asyncio.gather(worker(store, "a", 0, done), worker(store, "b", 0.2, done))
        return sorted(done)


def main():
    return asyncio.run(run())
