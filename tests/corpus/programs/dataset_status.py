"""Two pipelines load the status document of a data set, set a field each, and store the whole document."""

import json
import sqlite3
import tempfile
import threading
from pathlib import Path


def report(path, field):
    connection = sqlite3.connect(path, isolation_level=None, timeout=5)
    (document,) = connection.execute("SELECT status FROM datasets WHERE id = 'd1'").fetchone()
    status = json.loads(document)
    status[field] = "uploaded"
    connection.execute("UPDATE datasets SET status = ? WHERE id = 'd1'", (json.dumps(status),))
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
