"""A desktop photo library indexes pictures in the background; its job queue is a table of SQLite.

After https://github.com/Abhash-Chakraborty/Find/pull/291
"""

import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

QUEUED, STARTED, FINISHED = "queued", "started", "finished"


class SQLiteQueue:
    """One per worker: each has a connection of its own."""

    def __init__(self, path):
        self._conn = sqlite3.connect(path, timeout=5)

    def close(self):
        self._conn.close()

    def enqueue(self, *pictures):
        with self._conn:
            self._conn.execute("CREATE TABLE IF NOT EXISTS job_queue (id INTEGER PRIMARY KEY, picture TEXT, status TEXT)")
            rows = [(picture, QUEUED) for picture in pictures]
            self._conn.executemany("INSERT INTO job_queue (picture, status) VALUES (?, ?)", rows)

    def claim(self):
        while True:
            row = self._conn.execute(
                "SELECT id, picture FROM job_queue WHERE status = ? ORDER BY id LIMIT 1", (QUEUED,)
            ).fetchone()
            if row is None:
                return None
            self._conn.execute(
                "UPDATE job_queue SET status = ? WHERE id = ? AND status = ?", (STARTED, row[0], QUEUED)
            )
            self._conn.commit()
            if self._conn.total_changes > 0:
                return row

    def finish(self, number):
        with self._conn:
            self._conn.execute("UPDATE job_queue SET status = ? WHERE id = ?", (FINISHED, number))


def work(path, after, indexed):
    time.sleep(after)
    with closing(SQLiteQueue(path)) as jobs:
        while job := jobs.claim():
            number, picture = job
            time.sleep(0.1)  # faces and captions
            indexed.append(picture)
            jobs.finish(number)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "find.db")
        with closing(SQLiteQueue(path)) as jobs:
            jobs.enqueue("beach.jpg", "bridge.jpg", "cat.jpg", "dunes.jpg")
        indexed = []
        workers = [threading.Thread(target=work, args=(path, after, indexed)) for after in (0.0, 0.05)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return sorted(indexed)


if __name__ == "__main__":
    print(main())
