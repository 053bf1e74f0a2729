"""Workers look for a pending job and mark it as theirs only if it still is pending."""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class Jobs:
    def __init__(self, path):
        self.path = path

    def connect(self):
        return sqlite3.connect(self.path, isolation_level=None, timeout=5)

    def create(self, keys):
        connection = self.connect()
        connection.execute("CREATE TABLE jobs (key TEXT PRIMARY KEY, status TEXT, host TEXT)")
        connection.executemany("INSERT INTO jobs VALUES (?, 'pending', NULL)", [(key,) for key in keys])
        connection.close()

    def reserve(self, connection, host):
        while True:
            row = connection.execute("SELECT key FROM jobs WHERE status = 'pending' ORDER BY key LIMIT 1").fetchone()
            if row is None:
                return None
            claim = "UPDATE jobs SET status = 'reserved', host = ? WHERE key = ? AND status = 'pending'"
            if connection.execute(claim, (host, row[0])).rowcount == 1:
                return row[0]


def work(jobs, host, made, boot):
    time.sleep(boot)
    connection = jobs.connect()
    while (key := jobs.reserve(connection, host)) is not None:
        made.append(key)
    connection.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        jobs = Jobs(Path(folder) / "jobs.db")
        jobs.create(["cell-1", "cell-2", "cell-3"])
        made = []
        workers = [threading.Thread(target=work, args=(jobs, host, made, boot)) for host, boot in (("node-a", 0), ("node-b", 0.1))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return sorted(made)
