"""The runs of a chat session are rows of a database, numbered in the order in which they were added."""

import os
import sqlite3
import tempfile
import threading
import time
from contextlib import closing, contextmanager

SCHEMA = "CREATE TABLE runs (session TEXT, name TEXT, run_index INTEGER)"


class RunStore:
    def __init__(self, path):
        self.path = path

    @contextmanager
    def connection(self):
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=5)) as connection:
            yield connection

    def next_index(self, connection, session):
        (last,) = connection.execute("SELECT MAX(run_index) FROM runs WHERE session = ?", (session,)).fetchone()
        return 0 if last is None else last + 1

    def add(self, session, name):
        with self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            index = self.next_index(connection, session)
            connection.execute("INSERT INTO runs VALUES (?, ?, ?)", (session, name, index))
            connection.execute("COMMIT")

    def indexes(self, session):
        with self.connection() as connection:
            rows = connection.execute("SELECT run_index FROM runs WHERE session = ? ORDER BY 1", (session,))
            return [index for (index,) in rows]


def request(store, names, pause):
    time.sleep(pause)
    for name in names:
        store.add("s1", name)


def main():
    with tempfile.TemporaryDirectory() as folder:
        store = RunStore(os.path.join(folder, "runs.db"))
        with store.connection() as connection:
            connection.execute(SCHEMA)
        requests = [
            threading.Thread(target=request, args=(store, ("hello", "more"), 0)),
            threading.Thread(target=request, args=(store, ("bye",), 0.08)),
        ]
        for each in requests:
            each.start()
        for each in requests:
            each.join()
        return store.indexes("s1")
