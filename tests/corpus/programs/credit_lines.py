"""Subscribers pay for features from a credit line; payments and adjustments both change its balance.

After https://github.com/dimagi/commcare-hq/pull/22137
"""

import sqlite3
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path


class CreditLine:
    """One row, loaded and saved like a model of a web framework."""

    def __init__(self, conn, number):
        self._conn = conn
        self.number = number
        (self.balance,) = conn.execute("SELECT balance FROM credit_line WHERE id = ?", (number,)).fetchone()

    def save(self):
        with self._conn:
            self._conn.execute("UPDATE credit_line SET balance = ? WHERE id = ?", (self.balance, self.number))

    def adjust_credit_balance(self, amount, reason):
        self.balance += amount
        self.save()
        with self._conn:
            self._conn.execute("INSERT INTO adjustment VALUES (?, ?, ?)", (self.number, amount, reason))


def handle(path, number, amount, reason, after):
    time.sleep(after)
    with closing(sqlite3.connect(path, timeout=5)) as conn:
        CreditLine(conn, number).adjust_credit_balance(amount, reason)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "accounting.db")
        with closing(sqlite3.connect(path)) as conn, conn:
            conn.execute("CREATE TABLE credit_line (id INTEGER PRIMARY KEY, balance INTEGER)")
            conn.execute("CREATE TABLE adjustment (line INTEGER, amount INTEGER, reason TEXT)")
            conn.execute("INSERT INTO credit_line VALUES (1, 100)")
        with ThreadPoolExecutor(2) as pool:
            jobs = [
                pool.submit(handle, path, 1, -30, "invoice", 0.0),
                pool.submit(handle, path, 1, 50, "payment", 0.1),
            ]
            for job in jobs:
                job.result()
        with closing(sqlite3.connect(path)) as conn:
            balance = conn.execute("SELECT balance FROM credit_line").fetchone()[0]
            booked = conn.execute("SELECT 100 + sum(amount) FROM adjustment").fetchone()[0]
        return balance, booked


if __name__ == "__main__":
    balance, booked = main()
    assert balance == booked
