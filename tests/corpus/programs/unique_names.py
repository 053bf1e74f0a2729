"""Nobody looks first: the row is inserted, and who comes second is told by the constraint."""

import sqlite3
import tempfile
import threading
from pathlib import Path


def claim(path, name, owner, outcomes):
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    try:
        connection.execute("INSERT INTO names VALUES (?, ?)", (name, owner))
        outcomes.append("claimed")
    except sqlite3.IntegrityError:
        outcomes.append("taken")
    finally:
        connection.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "names.db"
        setup = sqlite3.connect(path, isolation_level=None)
        setup.execute("CREATE TABLE names (name TEXT PRIMARY KEY, owner TEXT)")
        outcomes = []
        threads = [threading.Timer(0.08 * turn, claim, args=(path, "blue", owner, outcomes)) for turn, owner in enumerate(("ann", "bob"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (count,) = setup.execute("SELECT count(*) FROM names").fetchone()
        setup.close()
        return sorted(outcomes), count
