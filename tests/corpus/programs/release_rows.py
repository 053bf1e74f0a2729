"""Uploads of an app store look for the release of the day and make it if it is not there."""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path

SCHEMA = """
CREATE TABLE release (id INTEGER PRIMARY KEY, day TEXT);
CREATE TABLE app (name TEXT, release INTEGER);
"""


class Store:
    def __init__(self, path):
        self.path = path

    def connect(self):
        return sqlite3.connect(self.path, timeout=5, isolation_level=None)

    def get_or_create(self, connection, day):
        row = connection.execute("SELECT id FROM release WHERE day = ?", (day,)).fetchone()
        if row is None:
            return connection.execute("INSERT INTO release (day) VALUES (?)", (day,)).lastrowid
        return row[0]

    def upload(self, app, day, comes):
        time.sleep(comes)
        connection = self.connect()
        release = self.get_or_create(connection, day)
        connection.execute("INSERT INTO app VALUES (?, ?)", (app, release))
        connection.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "store.db")
        connection = store.connect()
        connection.executescript(SCHEMA)
        uploads = [threading.Thread(target=store.upload, args=(app, "2016-02-01", comes)) for app, comes in (("a", 0), ("b", 0.07))]
        for upload in uploads:
            upload.start()
        for upload in uploads:
            upload.join()
        releases = connection.execute("SELECT count(*) FROM release").fetchone()[0]
        connection.close()
        return releases
