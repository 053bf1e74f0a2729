"""Solvers look for the group that an execution belongs to and make it if there is none; a group is unique by key."""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class Database:
    def __init__(self, path):
        self.path = path
        connection = self.connect()
        connection.execute("CREATE TABLE execution_group (id INTEGER PRIMARY KEY, diagnostic TEXT, key TEXT, UNIQUE (diagnostic, key))")
        connection.execute("CREATE TABLE execution (id INTEGER PRIMARY KEY, group_id INTEGER, dataset TEXT)")
        connection.commit()
        connection.close()

    def connect(self):
        return sqlite3.connect(self.path, timeout=10)


class Session:
    def __init__(self, database):
        self._connection = database.connect()

    def find(self, diagnostic, key):
        row = self._connection.execute("SELECT id FROM execution_group WHERE diagnostic = ? AND key = ?", (diagnostic, key)).fetchone()
        return row and row[0]

    def get_or_create(self, diagnostic, key):
        found = self.find(diagnostic, key)
        if found is None:
            found = self._connection.execute("INSERT INTO execution_group (diagnostic, key) VALUES (?, ?)", (diagnostic, key)).lastrowid
            self._connection.commit()
        return found

    def add_execution(self, group, dataset):
        self._connection.execute("INSERT INTO execution (group_id, dataset) VALUES (?, ?)", (group, dataset))
        self._connection.commit()

    def close(self):
        self._connection.close()


def solve(database, dataset, failures, comes):
    time.sleep(comes)
    session = Session(database)
    try:
        session.add_execution(session.get_or_create("sea-ice", "CanESM5"), dataset)
    except sqlite3.IntegrityError as error:
        failures.append(str(error))
    finally:
        session.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        database, failures = Database(Path(folder) / "ref.db"), []
        solvers = [
            threading.Thread(target=solve, args=(database, "siconc", failures, 0)),
            threading.Thread(target=solve, args=(database, "areacello", failures, 0.08)),
        ]
        for each in solvers:
            each.start()
        for each in solvers:
            each.join()
        connection = database.connect()
        (executions,) = connection.execute("SELECT COUNT(*) FROM execution").fetchone()
        connection.close()
    return failures, executions
