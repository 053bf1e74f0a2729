"""Editors save an article only over the version they read, and read it again when they lose."""

import sqlite3
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def database(path):
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    try:
        yield connection
    finally:
        connection.close()


def save(connection, version, tags):
    changed = connection.execute(
        "UPDATE article SET tags = ?, version = version + 1 WHERE id = 1 AND version = ?",
        (",".join(tags), version),
    )
    return changed.rowcount == 1


def add_tag(path, tag):
    with database(path) as connection:
        while True:
            text, version = connection.execute("SELECT tags, version FROM article WHERE id = 1").fetchone()
            tags = [item for item in text.split(",") if item]
            if save(connection, version, sorted([*tags, tag])):
                return


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wiki.db"
        with database(path) as connection:
            connection.execute("CREATE TABLE article (id INTEGER PRIMARY KEY, tags TEXT, version INTEGER)")
            connection.execute("INSERT INTO article VALUES (1, '', 1)")
        editors = [threading.Thread(target=add_tag, args=(path, tag)) for tag in ("history", "rome", "map")]
        for editor in editors:
            editor.start()
        for editor in editors:
            editor.join()
        with database(path) as connection:
            return connection.execute("SELECT tags, version FROM article").fetchone()
