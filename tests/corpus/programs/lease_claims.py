"""Workers claim the rows of a table: the update says in its condition that nobody else has claimed the row."""

import logging
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

logger = logging.getLogger("leases")


class LeaseTable:
    def __init__(self, path):
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)

    def create(self, names):
        self._connection.execute("CREATE TABLE lease (name TEXT PRIMARY KEY, owner TEXT, done INTEGER DEFAULT 0)")
        self._connection.executemany("INSERT INTO lease (name) VALUES (?)", [(name,) for name in names])

    def candidates(self):
        rows = self._connection.execute("SELECT name FROM lease WHERE owner IS NULL ORDER BY name").fetchall()
        return [name for (name,) in rows]

    def claim(self, name, owner):
        changed = self._connection.execute("UPDATE lease SET owner = ? WHERE name = ? AND owner IS NULL", (owner, name))
        return changed.rowcount == 1

    def finish(self, name):
        self._connection.execute("UPDATE lease SET done = done + 1 WHERE name = ?", (name,))

    def finished(self):
        return self._connection.execute("SELECT name, done FROM lease ORDER BY name").fetchall()

    def close(self):
        self._connection.close()


class Worker(threading.Thread):
    def __init__(self, name, path, delay):
        super().__init__(name=name)
        self.path = path
        self.delay = delay

    def run(self):
        table = LeaseTable(self.path)
        time.sleep(self.delay)
        while names := table.candidates():
            for name in names:
                if not table.claim(name, self.name):
                    logger.debug("%s was quicker with %s", "another worker", name)
                    continue
                time.sleep(0.03)
                table.finish(name)
        table.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "leases.db")
        table = LeaseTable(path)
        table.create(["index", "mail", "thumbnails"])
        workers = [Worker("one", path, 0.0), Worker("two", path, 0.04)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        finished = table.finished()
        table.close()
        return finished


if __name__ == "__main__":
    assert main() == [("index", 1), ("mail", 1), ("thumbnails", 1)]
