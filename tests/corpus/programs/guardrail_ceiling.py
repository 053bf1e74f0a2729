"""An organization may have only so many guardrails enabled at a time."""

import sqlite3
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

MAX_ENABLED = 3


class LimitReached(Exception):
    pass


@contextmanager
def session(database):
    with closing(sqlite3.connect(database, isolation_level=None, timeout=60)) as connection:
        yield connection


def check_limit(connection, organization):
    query = "SELECT count(*) FROM guardrails WHERE organization = ? AND enabled"
    (enabled,) = connection.execute(query, (organization,)).fetchone()
    if enabled >= MAX_ENABLED:
        raise LimitReached(organization)


def enable(database, organization, name):
    with session(database) as connection:
        check_limit(connection, organization)
        connection.execute("UPDATE guardrails SET enabled = 1 WHERE organization = ? AND name = ?", (organization, name))


def request(database, name, after):
    time.sleep(after)
    try:
        enable(database, "acme", name)
    except LimitReached:
        return 409
    return 200


def main():
    guardrails = {"secrets": 1, "toxicity": 1, "medical": 0, "legal": 0}
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "gateway.db")
        with session(database) as connection:
            connection.execute("CREATE TABLE guardrails (organization TEXT, name TEXT, enabled INTEGER)")
            connection.executemany("INSERT INTO guardrails VALUES ('acme', ?, ?)", guardrails.items())
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(request, [database] * 2, ["medical", "legal"], [0.0, 0.06]))
        with session(database) as connection:
            (enabled,) = connection.execute("SELECT count(*) FROM guardrails WHERE enabled").fetchone()
    return sorted(answers), enabled
