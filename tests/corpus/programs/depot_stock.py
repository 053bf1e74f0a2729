"""Stock of a depot on SQLite: a booking reads the row, works out the new amounts and writes them if nobody else has meanwhile."""

import sqlite3
import tempfile
import threading
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Stock:
    shelf: int
    loading: int
    version: int


class OutOfStock(Exception):
    pass


class Depot:
    def __init__(self, path):
        self._path = str(path)
        with closing(self._connect()) as db:
            db.execute("CREATE TABLE stock (article TEXT PRIMARY KEY, shelf INTEGER, loading INTEGER, version INTEGER)")

    def _connect(self):
        return sqlite3.connect(self._path, timeout=10, isolation_level=None)

    def receive(self, article, amount):
        with closing(self._connect()) as db:
            db.execute("INSERT INTO stock VALUES (?, ?, 0, 1)", (article, amount))

    def _read(self, db, article):
        return Stock(*db.execute("SELECT shelf, loading, version FROM stock WHERE article = ?", (article,)).fetchone())

    def _replace(self, db, article, old, shelf, loading):
        return db.execute(
            "UPDATE stock SET shelf = ?, loading = ?, version = version + 1 WHERE article = ? AND version = ?",
            (shelf, loading, article, old.version),
        ).rowcount

    def load(self, article, amount):
        with closing(self._connect()) as db:
            while True:
                stock = self._read(db, article)
                if stock.shelf < amount:
                    raise OutOfStock(article)
                if self._replace(db, article, stock, stock.shelf - amount, stock.loading + amount):
                    return

    def stock(self, article):
        with closing(self._connect()) as db:
            return self._read(db, article)


class Forklift(threading.Thread):
    def __init__(self, depot, loads):
        super().__init__()
        self._depot = depot
        self._loads = loads
        self.refused = 0

    def run(self):
        for amount in self._loads:
            try:
                self._depot.load("pallet", amount)
            except OutOfStock:
                self.refused += 1


def main():
    with tempfile.TemporaryDirectory() as folder:
        depot = Depot(Path(folder) / "depot.db")
        depot.receive("pallet", 20)
        lifts = [Forklift(depot, (4, 3)), Forklift(depot, (5, 2))]
        for lift in lifts:
            lift.start()
        for lift in lifts:
            lift.join()
        stock = depot.stock("pallet")
        return stock.shelf, stock.loading, sum(lift.refused for lift in lifts)
