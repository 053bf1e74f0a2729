"""Research runs store what they find; a page that is stored already is counted by the same statement.

After https://github.com/mvanhorn/last30days-skill/pull/597
"""

import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path

SCHEMA = """
CREATE TABLE findings (source_url TEXT UNIQUE, sighting_count INTEGER NOT NULL DEFAULT 1);
CREATE TABLE runs (topic TEXT, findings INTEGER);
"""
UPSERT = """
INSERT INTO findings (source_url) VALUES (?)
ON CONFLICT (source_url) DO UPDATE SET sighting_count = sighting_count + 1
"""


def connect(path):
    return closing(sqlite3.connect(path, timeout=5))


def store_findings(path, topic, urls):
    with connect(path) as conn:
        with conn:
            for url in urls:
                conn.execute(UPSERT, (url,))
            conn.execute("INSERT INTO runs VALUES (?, ?)", (topic, len(urls)))


def research(path, topic, urls, after, failed):
    time.sleep(after)
    try:
        store_findings(path, topic, urls)
    except sqlite3.IntegrityError as error:
        failed.append(f"{topic}: {error}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "research.db")
        with connect(path) as conn:
            conn.executescript(SCHEMA)
        failed = []
        runs = [
            threading.Thread(target=research, args=(path, "owls", ["a.org/1", "b.org/2"], 0.0, failed), name="cron"),
            threading.Thread(target=research, args=(path, "mice", ["b.org/2", "c.org/3"], 0.12, failed), name="user"),
        ]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
        with connect(path) as conn:
            seen = conn.execute("SELECT source_url, sighting_count FROM findings ORDER BY 1").fetchall()
            counted = conn.execute("SELECT count(*) FROM runs").fetchone()[0]
        return seen, counted, failed


if __name__ == "__main__":
    assert main()[1:] == (2, [])
