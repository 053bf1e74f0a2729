"""Two names exclude one another: a unit of work checks that the other name is not there before it creates its own."""

import sqlite3
import tempfile
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path


class CheckFailed(Exception):
    pass


class UnitOfWork:
    def __init__(self, connection):
        self._connection = connection
        self._mutations = []

    def check_absent(self, name):
        (count,) = self._connection.execute("SELECT count(*) FROM names WHERE name = ?", (name,)).fetchone()
        if count:
            raise CheckFailed(name)

    def create(self, name):
        self._mutations.append(("INSERT INTO names VALUES (?)", (name,)))

    def commit(self):
        with self._connection:
            for statement, values in self._mutations:
                self._connection.execute(statement, values)


@contextmanager
def unit_of_work(path):
    with closing(sqlite3.connect(path)) as connection:
        unit = UnitOfWork(connection)
        yield unit
        unit.commit()


def claim(path, own, other, outcome):
    try:
        with unit_of_work(path) as unit:
            unit.check_absent(other)
            unit.create(own)
        outcome[own] = "created"
    except CheckFailed as failed:
        outcome[own] = f"{failed} is there"


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "names.db")
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("CREATE TABLE names (name TEXT)")
        outcome = {}
        first = threading.Thread(target=claim, args=(path, "primary", "replica", outcome))
        second = threading.Thread(target=claim, args=(path, "replica", "primary", outcome))
        first.start()
        time.sleep(0.1)
        second.start()
        first.join()
        second.join()
        with closing(sqlite3.connect(path)) as connection:
            return [name for (name,) in connection.execute("SELECT name FROM names")]
