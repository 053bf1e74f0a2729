"""Jobs of a table: a runner puts back to the start those which no worker has begun in time.

After https://github.com/OCA/queue/pull/131
"""

import queue
import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class Jobs:
    def __init__(self, path):
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=10)

    def set_state(self, job, state):
        self.connection.execute("UPDATE job SET state = ? WHERE id = ?", (state, job))

    def in_state(self, state):
        rows = self.connection.execute("SELECT id FROM job WHERE state = ? ORDER BY id", (state,)).fetchall()
        return [job for (job,) in rows]


def worker(path, channel, performed):
    jobs = Jobs(path)
    while (job := channel.get()) is not None:
        if job in jobs.in_state("enqueued"):
            jobs.set_state(job, "started")
            performed.append(job)
            jobs.set_state(job, "done")
    jobs.connection.close()


def dispatch(jobs, channel):
    for job in jobs.in_state("pending"):
        jobs.set_state(job, "enqueued")
        channel.put(job)


def requeue_late(jobs):
    for job in jobs.in_state("enqueued"):
        jobs.set_state(job, "pending")


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "jobs.sqlite")
        jobs, channel, performed = Jobs(path), queue.Queue(), []
        jobs.connection.execute("CREATE TABLE job (id INTEGER PRIMARY KEY, state TEXT)")
        jobs.connection.executemany("INSERT INTO job (state) VALUES (?)", [("pending",), ("pending",)])
        thread = threading.Thread(target=worker, args=(path, channel, performed))
        thread.start()
        dispatch(jobs, channel)
        time.sleep(0.2)
        requeue_late(jobs)
        dispatch(jobs, channel)
        channel.put(None)
        thread.join()
        jobs.connection.close()
    return sorted(performed)


if __name__ == "__main__":
    assert main() == [1, 2]
