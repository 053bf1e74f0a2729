"""One statement checks and writes; the number of rows it changed tells which it was."""

import sqlite3
import tempfile
import threading
from pathlib import Path


def withdraw(path, amount, outcomes):
    with sqlite3.connect(path, isolation_level=None) as connection:
        changed = connection.execute("UPDATE accounts SET balance = balance - ? WHERE id = 1 AND balance >= ?", (amount, amount))
        if changed.rowcount == 1:
            outcomes.append("paid")
        else:
            outcomes.append("refused")
    connection.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bank.db"
        with sqlite3.connect(path) as setup:
            setup.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, balance INTEGER)")
            setup.execute("INSERT INTO accounts VALUES (1, 100)")
        outcomes = []
        threads = [threading.Timer(0.08 * turn, withdraw, args=(path, 80, outcomes)) for turn, _ in enumerate(range(2))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (balance,) = setup.execute("SELECT balance FROM accounts").fetchone()
        setup.close()
        return sorted(outcomes), balance
