"""Metadata of a mod is made when missing; who is told that it exists by then reads it."""

import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

SCHEMA = "CREATE TABLE aux (id INTEGER PRIMARY KEY, path TEXT UNIQUE, colour TEXT)"


def get_or_create(database, path):
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        found = connection.execute("SELECT id FROM aux WHERE path = ?", (path,)).fetchone()
        if found:
            return found[0]
        try:
            return connection.execute("INSERT INTO aux (path, colour) VALUES (?, 'none')", (path,)).lastrowid
        except sqlite3.IntegrityError:
            return connection.execute("SELECT id FROM aux WHERE path = ?", (path,)).fetchone()[0]


def scan(database, paths, results, delay):
    time.sleep(delay)
    for path in paths:
        try:
            results.append((path, "known" if get_or_create(database, path) else "unknown"))
        except sqlite3.IntegrityError as error:
            results.append((path, str(error)))


def main():
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "aux.db"
        with closing(sqlite3.connect(database)) as setup:
            setup.execute(SCHEMA)
        results = []
        scans = [
            threading.Thread(target=scan, args=(database, ["mods/core", "mods/hats"], results, 0)),
            threading.Thread(target=scan, args=(database, ["mods/hats"], results, 0.1)),
        ]
        for thread in scans:
            thread.start()
        for thread in scans:
            thread.join()
        with closing(sqlite3.connect(database)) as check:
            rows = [row[0] for row in check.execute("SELECT path FROM aux ORDER BY path")]
        return rows, sorted(results)
