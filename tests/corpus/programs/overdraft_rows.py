"""A customer may overdraw one account as long as both together stay positive; each withdrawal looks at both rows."""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class Bank:
    def __init__(self, path):
        self.path = path
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE account (name TEXT PRIMARY KEY, cents INTEGER)")
            connection.execute("INSERT INTO account VALUES ('current', 100), ('savings', 100)")
        connection.close()
        self.answers = {}

    def withdraw(self, name, cents, after):
        time.sleep(after)
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=5)
        try:
            total = connection.execute("SELECT sum(cents) FROM account").fetchone()[0]
            if total < cents:
                self.answers[name] = "refused"
                return
            connection.execute("UPDATE account SET cents = cents - ? WHERE name = ?", (cents, name))
            self.answers[name] = "paid"
        finally:
            connection.close()

    def total(self):
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute("SELECT sum(cents) FROM account").fetchone()[0]
        finally:
            connection.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        bank = Bank(Path(folder) / "bank.db")
        threads = [threading.Thread(target=bank.withdraw, args=request) for request in (("current", 150, 0), ("savings", 150, 0.1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return bank.total(), sorted(bank.answers.values())
