"""Downloaders, a process each, take snapshots of pages off a table and note what they have fetched."""

import multiprocessing
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

SCHEMA = """
CREATE TABLE snapshots (id INTEGER PRIMARY KEY, url TEXT, worker TEXT);
CREATE TABLE fetched (url TEXT);
INSERT INTO snapshots (url) VALUES ('/index'), ('/about'), ('/news');
"""


def connect(path):
    db = sqlite3.connect(path, isolation_level=None, timeout=10)
    db.execute("PRAGMA synchronous = OFF")
    return db


class Downloader:
    def __init__(self, db, name):
        self.db = db
        self.name = name

    def snapshots(self):
        while (row := self._next()) is not None:
            yield row[1]

    def _next(self):
        while True:
            row = self.db.execute("SELECT id, url FROM snapshots WHERE worker IS NULL LIMIT 1").fetchone()
            if row is None:
                return None
            claim = "UPDATE snapshots SET worker = ? WHERE id = ? AND worker IS NULL"
            if self.db.execute(claim, (self.name, row[0])).rowcount:
                return row


def download(path, name, connects):
    time.sleep(connects)
    with closing(connect(path)) as db:
        for url in Downloader(db, name).snapshots():
            db.execute("INSERT INTO fetched VALUES (?)", (url,))


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "queue.db"
        with closing(connect(path)) as db:
            db.executescript(SCHEMA)
        workers = [context.Process(target=download, args=(path, *who)) for who in (("one", 0), ("two", 0.05))]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        with closing(connect(path)) as db:
            return sorted(url for (url,) in db.execute("SELECT url FROM fetched"))


if __name__ == "__main__":
    print(main())
