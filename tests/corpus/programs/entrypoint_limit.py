"""A queue in a database runs jobs of several entrypoints, of some no more at a time than a limit says.

After https://github.com/janbjorge/pgqueuer/issues/761
"""

import asyncio
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite

SCHEMA = """
CREATE TABLE jobs (id INTEGER PRIMARY KEY, entrypoint TEXT, status TEXT NOT NULL DEFAULT 'queued');
INSERT INTO jobs (entrypoint) VALUES ('resize'), ('resize'), ('mail');
"""


@asynccontextmanager
async def connect(path):
    async with aiosqlite.connect(path, timeout=5, isolation_level=None) as connection:
        yield connection


async def start(connection, job, limit):
    """Marks the job as picked, unless its entrypoint is at the limit."""
    async with connection.execute("SELECT entrypoint FROM jobs WHERE id = ?", (job,)) as cursor:
        (entrypoint,) = await cursor.fetchone()
    query = "SELECT count(*) FROM jobs WHERE entrypoint = ? AND status = 'picked'"
    async with connection.execute(query, (entrypoint,)) as cursor:
        (running,) = await cursor.fetchone()
    if running >= limit:
        return False
    await connection.execute("UPDATE jobs SET status = 'picked' WHERE id = ?", (job,))
    return True


class Monitor:
    def __init__(self):
        self.running = {}
        self.overruns = []

    @asynccontextmanager
    async def watch(self, entrypoint, limit):
        self.running[entrypoint] = self.running.get(entrypoint, 0) + 1
        if self.running[entrypoint] > limit:
            self.overruns.append(entrypoint)
        yield
        self.running[entrypoint] -= 1


async def runner(path, job, entrypoint, after, monitor, limit=1):
    await asyncio.sleep(after)
    async with connect(path) as connection:
        while not await start(connection, job, limit):
            await asyncio.sleep(0.03)
        async with monitor.watch(entrypoint, limit):
            await asyncio.sleep(0.2)
        await connection.execute("UPDATE jobs SET status = 'successful' WHERE id = ?", (job,))


async def main():
    monitor = Monitor()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "queue.db")
        async with connect(path) as connection:
            await connection.executescript(SCHEMA)
        await asyncio.gather(
            runner(path, 1, "resize", 0.0, monitor),
            runner(path, 2, "resize", 0.12, monitor),
            runner(path, 3, "mail", 0.06, monitor),
        )
    return monitor.overruns, sum(monitor.running.values())


if __name__ == "__main__":
    overruns, running = asyncio.run(main())
    assert not overruns, f"over the limit: {overruns}"
