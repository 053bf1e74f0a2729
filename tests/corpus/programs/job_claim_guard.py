"""A worker peeks at the next job without a transaction, and takes it only if it is still pending; else it peeks again."""

import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path


def peek(db):
    return db.execute("SELECT id, kind FROM tasks WHERE status = 'pending' ORDER BY id LIMIT 1").fetchone()


def claim(db, number, worker):
    cursor = db.execute(
        "UPDATE tasks SET status = 'running', worker = ? WHERE id = ? AND status = 'pending'", (worker, number)
    )
    return cursor.rowcount == 1


def work(path, worker, done):
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as db:
        while (task := peek(db)) is not None:
            number, kind = task
            if not claim(db, number, worker):
                continue
            done.append(kind)
            db.execute("UPDATE tasks SET status = 'done' WHERE id = ?", (number,))


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tasks.db"
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("CREATE TABLE tasks (id INTEGER PRIMARY KEY, kind TEXT, status TEXT, worker TEXT)")
            rows = [(kind, "pending") for kind in ("photos", "stats", "trim")]
            db.executemany("INSERT INTO tasks (kind, status) VALUES (?, ?)", rows)
        done = []
        workers = [threading.Thread(target=work, args=(path, name, done)) for name in ("one", "two")]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        with closing(sqlite3.connect(path)) as db:
            return sorted(done), db.execute("SELECT status, COUNT(*) FROM tasks GROUP BY status").fetchall()
