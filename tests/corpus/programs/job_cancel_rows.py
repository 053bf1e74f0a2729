"""A worker looks whether a job has been cancelled, and marks it as running; a user may cancel a job that is queued."""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class Jobs:
    def __init__(self, path):
        self.path = path
        with self.connect() as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("CREATE TABLE job (id INTEGER PRIMARY KEY, status TEXT, attempts INTEGER DEFAULT 0)")
            db.execute("INSERT INTO job (id, status) VALUES (1, 'queued')")

    def connect(self):
        return sqlite3.connect(self.path, isolation_level=None, timeout=5)

    def claim(self, job):
        db = self.connect()
        status = db.execute("SELECT status FROM job WHERE id = ?", (job,)).fetchone()[0]
        if status != "queued":
            return False
        db.execute("UPDATE job SET status = 'running', attempts = attempts + 1 WHERE id = ?", (job,))
        return True

    def cancel(self, job):
        return self.connect().execute("UPDATE job SET status = 'cancelled' WHERE id = ? AND status = 'queued'", (job,)).rowcount == 1

    def finish(self, job):
        self.connect().execute("UPDATE job SET status = 'done' WHERE id = ?", (job,))


def work(jobs, log):
    if jobs.claim(1):
        log.append("ran")
        jobs.finish(1)


def user(jobs, log):
    time.sleep(0.05)
    if jobs.cancel(1):
        log.append("cancelled")


def main():
    with tempfile.TemporaryDirectory() as folder:
        jobs, log = Jobs(Path(folder) / "jobs.db"), []
        threads = [threading.Thread(target=target, args=(jobs, log)) for target in (work, user)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(log), jobs.connect().execute("SELECT status FROM job").fetchall()
