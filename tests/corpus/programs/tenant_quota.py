"""Uploads and exports of a tenant share one storage limit; each checks the sum of both tables first."""

import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path


class Storage:
    LIMIT = 10

    def __init__(self, path):
        self.path = path
        with closing(self.connect()) as db:
            db.execute("CREATE TABLE uploads (tenant TEXT, size INTEGER)")
            db.execute("CREATE TABLE exports (tenant TEXT, size INTEGER)")

    def connect(self):
        return sqlite3.connect(self.path, timeout=10, isolation_level=None)

    def used(self, db, tenant):
        query = "SELECT COALESCE(SUM(size), 0) FROM {} WHERE tenant = ?"
        return sum(db.execute(query.format(table), (tenant,)).fetchone()[0] for table in ("uploads", "exports"))

    def store(self, table, tenant, size):
        with closing(self.connect()) as db:
            if self.used(db, tenant) + size > self.LIMIT:
                return False
            db.execute(f"INSERT INTO {table} VALUES (?, ?)", (tenant, size))
            return True


class Tenant:
    def __init__(self, storage, name):
        self.storage = storage
        self.name = name
        self.answers = []

    def save(self, after, table, size):
        time.sleep(after)
        self.answers.append(self.storage.store(table, self.name, size))


def main():
    with tempfile.TemporaryDirectory() as folder:
        storage = Storage(Path(folder) / "storage.db")
        tenant = Tenant(storage, "acme")
        saves = [(0, "uploads", 6), (0.15, "exports", 6)]
        threads = [threading.Thread(target=tenant.save, args=save) for save in saves]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with closing(storage.connect()) as db:
            return storage.used(db, "acme"), sorted(tenant.answers)
