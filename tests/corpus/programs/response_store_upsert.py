"""A cache of HTTP responses in SQLite: one statement inserts a key or updates it."""

import sqlite3
import tempfile
import threading
from pathlib import Path


class ResponseStore:
    def __init__(self, path):
        self._path = path
        with self._connect() as connection:
            connection.execute("CREATE TABLE responses (key TEXT PRIMARY KEY, value TEXT)")

    def _connect(self):
        return sqlite3.connect(self._path, timeout=10, isolation_level=None)

    def save(self, key, value):
        connection = self._connect()
        try:
            connection.execute(
                "INSERT INTO responses (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                (key, value),
            )
        finally:
            connection.close()

    def keys(self):
        connection = self._connect()
        try:
            return [key for (key,) in connection.execute("SELECT key FROM responses ORDER BY key")]
        finally:
            connection.close()


def visit(store, urls, errors):
    for url in urls:
        try:
            store.save(url, f"body of {url}")
        except sqlite3.Error as error:
            errors.append(str(error))


def main():
    with tempfile.TemporaryDirectory() as folder:
        store = ResponseStore(Path(folder) / "cache.db")
        errors = []
        visits = [["/index", "/about"], [f"/news/{number}" for number in range(20)] + ["/index"]]
        users = [threading.Thread(target=visit, args=(store, urls, errors)) for urls in visits]
        for user in users:
            user.start()
        for user in users:
            user.join()
        assert errors == [], errors
        return store.keys()


if __name__ == "__main__":
    print(main())
