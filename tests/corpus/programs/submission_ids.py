"""Teams hand in their translations; every submission gets the next number."""

import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path


def connect(path):
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    return db


def next_submission_id(db):
    (highest,) = db.execute("SELECT coalesce(max(id), 0) FROM submissions").fetchone()
    return highest + 1


def submit(path, team, text):
    with closing(connect(path)) as db:
        number = next_submission_id(db)
        db.execute("INSERT OR REPLACE INTO submissions (id, team, text) VALUES (?, ?, ?)", (number, team, text))


def team_member(path, team, text, typing):
    time.sleep(typing)
    submit(path, team, text)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "benchmark.db"
        with closing(connect(path)) as db:
            db.execute("CREATE TABLE submissions (id INTEGER PRIMARY KEY, team TEXT, text TEXT)")
        members = [
            threading.Thread(target=team_member, args=(path, *entry))
            for entry in (("prague", "ahoj", 0), ("lisboa", "ola", 0.025), ("torino", "ciao", 0.05))
        ]
        for member in members:
            member.start()
        for member in members:
            member.join()
        with closing(connect(path)) as db:
            return sorted(db.execute("SELECT team, text FROM submissions"))


if __name__ == "__main__":
    print(main())
