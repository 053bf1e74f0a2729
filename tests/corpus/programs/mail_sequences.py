"""A mailbox decides between INSERT and UPDATE by what it read before."""

import sqlite3
import tempfile
import threading
from pathlib import Path


def commit_sequence(path, name, messages, errors):
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    known = {row[0] for row in connection.execute("SELECT name FROM sequences").fetchall()}
    try:
        if name in known:
            connection.execute("UPDATE sequences SET messages = messages + ? WHERE name = ?", (messages, name))
        else:
            connection.execute("INSERT INTO sequences (name, messages) VALUES (?, ?)", (name, messages))
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
