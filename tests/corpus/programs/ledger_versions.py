"""Bookings add their amount to an account's row if it still has the version they have read, or read it again."""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class Ledger:
    def __init__(self, path):
        self.path = path
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("CREATE TABLE account (id TEXT PRIMARY KEY, cents INTEGER, version INTEGER)")
            db.execute("INSERT INTO account VALUES ('rent', 1000, 1)")
        db.close()

    def book(self, account, cents):
        db = sqlite3.connect(self.path, isolation_level=None, timeout=5)
        try:
            while True:
                balance, version = db.execute("SELECT cents, version FROM account WHERE id = ?", (account,)).fetchone()
                sql = "UPDATE account SET cents = ?, version = ? WHERE id = ? AND version = ?"
                if db.execute(sql, (balance + cents, version + 1, account, version)).rowcount:
                    return
        finally:
            db.close()

    def row(self, account):
        db = sqlite3.connect(self.path)
        try:
            return db.execute("SELECT cents, version FROM account WHERE id = ?", (account,)).fetchone()
        finally:
            db.close()


def clerk(ledger, cents, begins):
    time.sleep(begins)
    ledger.book("rent", cents)


def main():
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.db")
        clerks = [threading.Thread(target=clerk, args=(ledger, *booking)) for booking in ((-300, 0), (50, 0), (20, 0.05))]
        for thread in clerks:
            thread.start()
        for thread in clerks:
            thread.join()
        return ledger.row("rent")
