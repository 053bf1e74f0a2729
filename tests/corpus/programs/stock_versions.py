"""Stock of a shop in SQLite: a change names the version that it was worked out from, and is worked out again if that has gone."""

import sqlite3
import tempfile
import threading
from contextlib import closing
from pathlib import Path


def session(path):
    db = sqlite3.connect(path, isolation_level=None, timeout=10)
    db.execute("PRAGMA synchronous = OFF")
    return closing(db)


class Stock:
    def __init__(self, db):
        self._db = db

    def read(self, article):
        return self._db.execute("SELECT amount, version FROM stock WHERE article = ?", (article,)).fetchone()

    def change(self, article, work_out):
        while True:
            amount, version = self.read(article)
            changed = self._db.execute(
                "UPDATE stock SET amount = ?, version = version + 1 WHERE article = ? AND version = ?",
                (work_out(amount), article, version),
            )
            if changed.rowcount:
                return


def shop_assistant(path, amounts):
    with session(path) as db:
        stock = Stock(db)
        for by in amounts:
            stock.change("tea", lambda amount, by=by: amount + by)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stock.db"
        with session(path) as db:
            db.execute("CREATE TABLE stock (article TEXT PRIMARY KEY, amount INTEGER, version INTEGER)")
            db.execute("INSERT INTO stock VALUES ('tea', 100, 0)")
            threads = [threading.Thread(target=shop_assistant, args=(path, amounts)) for amounts in ([-3, -2], [50], [-7, 1])]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            return Stock(db).read("tea")


if __name__ == "__main__":
    print(main())
