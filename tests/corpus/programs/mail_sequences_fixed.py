"""One statement inserts or, where the row is there already, adds."""

import sqlite3
import tempfile
import threading
from pathlib import Path


def commit_sequence(path, name, messages, errors):
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    upsert = "INSERT INTO sequences (name, messages) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET messages = messages + excluded.messages"
    try:
        connection.execute(upsert, (name, messages))
    except sqlite3.IntegrityError as error:
        errors.append(str(error))
    finally:
        connection.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mail.db"
        setup = sqlite3.connect(path, isolation_level=None)
        setup.execute("CREATE TABLE sequences (name TEXT PRIMARY KEY, messages INTEGER)")
        errors = []
        threads = [threading.Timer(0.08 * turn, commit_sequence, args=(path, "unseen", count, errors)) for turn, count in enumerate((3, 4))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rows = setup.execute("SELECT name, messages FROM sequences").fetchall()
        setup.close()
        return rows, errors
