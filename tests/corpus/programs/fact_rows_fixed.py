"""Looking and writing are made in a transaction that has the write lock from its beginning."""

import sqlite3
import tempfile
import threading
from pathlib import Path


class Consolidator:
    def __init__(self, path):
        self.path = path
        self.dropped = []

    def consolidate(self, fact, source):
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=5)
        try:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute("SELECT seen FROM facts WHERE fact = ?", (fact,)).fetchone()
            if row is None:
                connection.execute("INSERT INTO facts VALUES (?, 1)", (fact,))
            else:
                connection.execute("UPDATE facts SET seen = ? WHERE fact = ?", (row[0] + 1, fact))
            connection.execute("COMMIT")
        except sqlite3.IntegrityError:
            self.dropped.append(source)
        finally:
            connection.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.db"
        setup = sqlite3.connect(path, isolation_level=None)
        setup.execute("CREATE TABLE facts (fact TEXT PRIMARY KEY, seen INTEGER)")
        consolidator = Consolidator(path)
        threads = [threading.Thread(target=consolidator.consolidate, args=("sky is blue", source)) for source in ("mail", "chat")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rows = setup.execute("SELECT fact, seen FROM facts").fetchall()
        setup.close()
        return rows, consolidator.dropped
