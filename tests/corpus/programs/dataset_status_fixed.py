"""The document is stored only over the version that was loaded, else loaded again."""

import json
import sqlite3
import tempfile
import threading
from pathlib import Path


def report(path, field):
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    stored = False
    while not stored:
        document, version = connection.execute("SELECT status, version FROM datasets WHERE id = 'd1'").fetchone()
        status = json.loads(document)
        status[field] = "uploaded"
        update = "UPDATE datasets SET status = ?, version = version + 1 WHERE id = 'd1' AND version = ?"
        stored = connection.execute(update, (json.dumps(status), version)).rowcount == 1
    connection.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "portal.db"
        setup = sqlite3.connect(path, isolation_level=None)
        setup.execute("CREATE TABLE datasets (id TEXT PRIMARY KEY, status TEXT, version INTEGER DEFAULT 0)")
        setup.execute("INSERT INTO datasets (id, status) VALUES ('d1', '{}')")
        threads = [threading.Timer(0.08 * turn, report, args=(path, field)) for turn, field in enumerate(("rds", "cxg"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (document,) = setup.execute("SELECT status FROM datasets").fetchone()
        setup.close()
        return sorted(json.loads(document))
