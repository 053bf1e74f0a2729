"""Two scanners load the row of a scan into an object, count on the object, and save it back."""

import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass
class ScanTask:
    id: int
    scanned: int
    failed: int

    @classmethod
    def load(cls, db, number):
        return cls(*db.execute("SELECT id, scanned, failed FROM scans WHERE id = ?", (number,)).fetchone())

    def save(self, db):
        with db:
            db.execute("UPDATE scans SET scanned = ?, failed = ? WHERE id = ?", (self.scanned, self.failed, self.id))

    def increment(self, **counts):
        for name, by in counts.items():
            setattr(self, name, getattr(self, name) + by)


def scan(path, hosts):
    with closing(sqlite3.connect(path, timeout=5)) as db:
        task = ScanTask.load(db, 1)
        task.increment(scanned=len(hosts), failed=sum(host.endswith("!") for host in hosts))
        task.save(db)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scans.db"
        with closing(sqlite3.connect(path)) as db, db:
            db.execute("CREATE TABLE scans (id INTEGER PRIMARY KEY, scanned INTEGER, failed INTEGER)")
            db.execute("INSERT INTO scans VALUES (1, 0, 0)")
        with ThreadPoolExecutor(max_workers=2) as executor:
            batches = (["a", "b!"], ["c", "d", "e!"])
            list(executor.map(lambda hosts: scan(path, hosts), batches))
        with closing(sqlite3.connect(path)) as db:
            return db.execute("SELECT scanned, failed FROM scans").fetchone()
