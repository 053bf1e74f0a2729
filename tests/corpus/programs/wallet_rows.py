"""A withdrawal reads the balance from the database, checks it, and writes the new one."""

import sqlite3
import tempfile
import threading
from pathlib import Path


def withdraw(path, amount, outcomes):
    with sqlite3.connect(path, isolation_level=None) as connection:
        (balance,) = connection.execute("SELECT balance FROM accounts WHERE id = 1").fetchone()
        if balance >= amount:
            connection.execute("UPDATE accounts SET balance = ? WHERE id = 1", (balance - amount,))
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
