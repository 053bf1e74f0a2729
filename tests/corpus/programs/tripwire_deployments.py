"""Agents ask for their deployment of a tripwire; it is made when an agent asks for the first time."""

import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

SCHEMA = """
CREATE TABLE deployments (
    id INTEGER PRIMARY KEY,
    tripwire TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    UNIQUE (tripwire, endpoint)
)
"""


def find_deployment(db, tripwire, endpoint):
    query = "SELECT id FROM deployments WHERE tripwire = ? AND endpoint = ?"
    row = db.execute(query, (tripwire, endpoint)).fetchone()
    return row[0] if row else None


def materialize_deployment(db, tripwire, endpoint):
    if (found := find_deployment(db, tripwire, endpoint)) is not None:
        return found
    with db:
        cursor = db.execute("INSERT INTO deployments (tripwire, endpoint) VALUES (?, ?)", (tripwire, endpoint))
    return cursor.lastrowid


def handle(database, request, responses):
    time.sleep(request["network"])
    with closing(sqlite3.connect(database, timeout=60)) as db:
        try:
            number = materialize_deployment(db, request["tripwire"], request["endpoint"])
        except sqlite3.Error as error:
            responses[request["id"]] = (500, type(error).__name__)
        else:
            responses[request["id"]] = (200, number)


def main():
    responses = {}
    requests = [
        {"id": "first", "tripwire": "aws-key", "endpoint": "laptop-7", "network": 0.0},
        {"id": "retry", "tripwire": "aws-key", "endpoint": "laptop-7", "network": 0.06},
    ]
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "thumper.db")
        with closing(sqlite3.connect(database)) as db, db:
            db.execute(SCHEMA)
        handlers = [threading.Thread(target=handle, args=(database, request, responses)) for request in requests]
        for handler in handlers:
            handler.start()
        for handler in handlers:
            handler.join()
        with closing(sqlite3.connect(database)) as db:
            rows = db.execute("SELECT * FROM deployments").fetchall()
    return rows, sorted(responses.items())
