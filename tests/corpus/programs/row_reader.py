"""SQLite for a loop: a thread runs the statements in turn, and posts each result to the loop.

After https://github.com/omnilib/aiosqlite/issues/80
"""

import asyncio
import queue
import sqlite3
import threading
import time
from contextlib import suppress


class AsyncConnection:
    def __init__(self):
        self._statements = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sqlite")
        self._thread.start()

    def _run(self):
        connection = sqlite3.connect(":memory:")
        connection.execute("CREATE TABLE mqtt (id INTEGER PRIMARY KEY, topic TEXT)")
        connection.executemany("INSERT INTO mqtt (topic) VALUES (?)", [("door",), ("lamp",), ("oven",)])
        while (statement := self._statements.get()) is not None:
            sql, future = statement
            rows = connection.execute(sql).fetchall()
            time.sleep(0.03)  # an embedded computer
            future.get_loop().call_soon_threadsafe(future.set_result, rows)
        connection.close()

    async def fetch_all(self, sql):
        future = asyncio.get_running_loop().create_future()
        self._statements.put((sql, future))
        return await future

    async def close(self):
        self._statements.put(None)
        await asyncio.to_thread(self._thread.join)


async def unsent(database):
    rows = await database.fetch_all("SELECT topic FROM mqtt ORDER BY id")
    return [topic for (topic,) in rows]


async def main():
    errors = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: errors.append(repr(context["exception"])))
    database = AsyncConnection()
    view = asyncio.create_task(unsent(database))
    await asyncio.sleep(0.15)
    view.cancel()  # the page is left
    topics = []
    with suppress(asyncio.CancelledError):
        topics = await view
    again = await unsent(database)
    await database.close()
    return topics or again, again, errors


if __name__ == "__main__":
    assert asyncio.run(main())[2] == []
