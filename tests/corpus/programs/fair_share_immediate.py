"""A submission takes the write lock of the database before it counts."""

import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path

LIMIT = 3


class JobManager:
    def __init__(self, path):
        self.path = path

    def _connect(self):
        return closing(sqlite3.connect(self.path, timeout=5, isolation_level=None))

    def setup(self):
        with self._connect() as db:
            db.execute("CREATE TABLE gpu_jobs (owner TEXT, name TEXT)")
            db.execute("CREATE TABLE cpu_jobs (owner TEXT, name TEXT)")
            db.executemany("INSERT INTO cpu_jobs VALUES ('ola', ?)", [("index",), ("embed",)])

    def _active(self, db, owner):
        count = 0
        for table in ("gpu_jobs", "cpu_jobs"):
            count += db.execute(f"SELECT COUNT(*) FROM {table} WHERE owner = ?", (owner,)).fetchone()[0]
        return count

    def submit(self, table, owner, name):
        with self._connect() as db:
            db.execute("BEGIN IMMEDIATE")
            accepted = self._active(db, owner) < LIMIT
            if accepted:
                db.execute(f"INSERT INTO {table} VALUES (?, ?)", (owner, name))
            db.execute("COMMIT")
            return accepted

    def total(self, owner):
        with self._connect() as db:
            return self._active(db, owner)


def main():
    with tempfile.TemporaryDirectory() as folder:
        manager = JobManager(Path(folder) / "jobs.db")
        manager.setup()
        taken = []
        jobs = (("gpu_jobs", "ola", "train"), ("cpu_jobs", "ola", "tidy"))
        threads = [threading.Thread(target=lambda job=job: taken.append(manager.submit(*job))) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(taken), manager.total("ola")
