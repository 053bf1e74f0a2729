"""Looking and leaving are one transaction with the write lock."""

import sqlite3
import tempfile
import threading
from pathlib import Path


def leave(path, doctor, left):
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    connection.execute("BEGIN IMMEDIATE")
    (others,) = connection.execute("SELECT count(*) FROM doctors WHERE on_call = 1 AND name <> ?", (doctor,)).fetchone()
    if others >= 1:
        connection.execute("UPDATE doctors SET on_call = 0 WHERE name = ?", (doctor,))
        left.append(doctor)
    connection.execute("COMMIT")
    connection.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ward.db"
        setup = sqlite3.connect(path, isolation_level=None)
        setup.execute("CREATE TABLE doctors (name TEXT PRIMARY KEY, on_call INTEGER)")
        setup.executemany("INSERT INTO doctors VALUES (?, 1)", [("alice",), ("bob",)])
        left = []
        threads = [threading.Timer(0.08 * turn, leave, args=(path, name, left)) for turn, name in enumerate(("alice", "bob"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (on_call,) = setup.execute("SELECT count(*) FROM doctors WHERE on_call = 1").fetchone()
        setup.close()
        return len(left), on_call
