"""A job queue on SQLite: jobs that share a lock are not to run at the same time; workers fetch the first job that may run."""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class JobStore:
    def __init__(self, path):
        self._path = str(path)
        self._local = threading.local()
        with self._db as db:
            db.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, task TEXT, lock TEXT, status TEXT DEFAULT 'todo')")
            db.execute("CREATE TABLE job_locks (id INTEGER PRIMARY KEY, lock TEXT, job INTEGER)")

    @property
    def _db(self):
        if not hasattr(self._local, "db"):
            self._local.db = sqlite3.connect(self._path, timeout=10, isolation_level=None)
        return self._local.db

    def defer(self, task, lock):
        self._db.execute("INSERT INTO jobs (task, lock) VALUES (?, ?)", (task, lock))

    def _candidate(self):
        return self._db.execute(
            "SELECT id, task, lock FROM jobs WHERE status = 'todo' AND lock NOT IN (SELECT lock FROM job_locks) ORDER BY id LIMIT 1"
        ).fetchone()

    def _take(self, job):
        taken = self._db.execute("UPDATE jobs SET status = 'doing' WHERE id = ? AND status = 'todo'", (job[0],)).rowcount
        if taken:
            self._db.execute("INSERT INTO job_locks (lock, job) VALUES (?, ?)", (job[2], job[0]))
        return bool(taken)

    def fetch_job(self):
        self._db.execute("BEGIN IMMEDIATE")
        try:
            job = self._candidate()
            return job if job is not None and self._take(job) else None
        finally:
            self._db.execute("COMMIT")

    def held(self):
        return [lock for (lock,) in self._db.execute("SELECT lock FROM job_locks ORDER BY lock")]


class Worker(threading.Thread):
    def __init__(self, store, name, polls_at):
        super().__init__(name=name)
        self._store = store
        self._polls_at = polls_at
        self.job = None

    def run(self):
        time.sleep(self._polls_at)
        self.job = self._store.fetch_job()


def main():
    with tempfile.TemporaryDirectory() as folder:
        store = JobStore(Path(folder) / "jobs.db")
        store.defer("resize", "picture/1")
        store.defer("rotate", "picture/1")
        workers = [Worker(store, f"worker {number}", number * 0.03) for number in (0, 1)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        return store.held(), sum(1 for worker in workers if worker.job)
