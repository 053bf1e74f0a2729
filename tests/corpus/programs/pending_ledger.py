"""A wallet node books transfers as pending first; a sender may not have more pending than the balance."""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class Node:
    def __init__(self, path):
        self.path = path
        with self.connect() as connection:
            connection.execute("CREATE TABLE balances (wallet TEXT PRIMARY KEY, amount INTEGER)")
            connection.execute("CREATE TABLE pending (id INTEGER PRIMARY KEY, sender TEXT, receiver TEXT, amount INTEGER)")
            connection.execute("INSERT INTO balances VALUES ('ann', 100)")
        connection.close()

    def connect(self):
        return sqlite3.connect(self.path, timeout=10)

    def available(self, connection, wallet):
        (balance,) = connection.execute("SELECT amount FROM balances WHERE wallet = ?", (wallet,)).fetchone()
        (pending,) = connection.execute("SELECT COALESCE(SUM(amount), 0) FROM pending WHERE sender = ?", (wallet,)).fetchone()
        return balance - pending

    def transfer(self, sender, receiver, amount):
        connection = self.connect()
        try:
            if self.available(connection, sender) < amount:
                return False
            connection.execute("INSERT INTO pending (sender, receiver, amount) VALUES (?, ?, ?)", (sender, receiver, amount))
            connection.commit()
            return True
        finally:
            connection.close()


def request(node, receiver, results, comes):
    time.sleep(comes)
    results.append(node.transfer("ann", receiver, 80))


def main():
    with tempfile.TemporaryDirectory() as folder:
        node, results = Node(Path(folder) / "node.db"), []
        requests = [
            threading.Thread(target=request, args=(node, "bob", results, 0)),
            threading.Thread(target=request, args=(node, "cid", results, 0.08)),
        ]
        for each in requests:
            each.start()
        for each in requests:
            each.join()
        connection = node.connect()
        left = node.available(connection, "ann")
        connection.close()
    return sorted(results), left
