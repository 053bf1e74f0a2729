"""Support tickets are rows; an agent takes an open one, a customer may withdraw it."""

import sqlite3
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def database(path):
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    try:
        yield connection
    finally:
        connection.close()


def take(path, ticket):
    with database(path) as db:
        changed = db.execute("UPDATE ticket SET state = 'taken' WHERE id = ? AND state = 'open'", (ticket,))
        if changed.rowcount:
            return "taken"
    return "too late"


def withdraw(path, ticket):
    time.sleep(0.06)
    with database(path) as db:
        changed = db.execute("UPDATE ticket SET state = 'withdrawn' WHERE id = ? AND state = 'open'", (ticket,))
        if changed.rowcount:
            return "withdrawn"
    return "too late"


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "desk.db"
        with database(path) as db:
            db.execute("CREATE TABLE ticket (id INTEGER PRIMARY KEY, state TEXT)")
            db.execute("INSERT INTO ticket VALUES (1, 'open')")
        with ThreadPoolExecutor(2) as pool:
            answers = [pool.submit(job, path, 1) for job in (take, withdraw)]
        return sorted(answer.result() for answer in answers)
