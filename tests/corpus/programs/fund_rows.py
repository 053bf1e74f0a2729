"""Donations are added to the row of a fund: read, matched by the bank, and written; each donor has a connection."""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class Fund:
    def __init__(self, path):
        self.connection = sqlite3.connect(path, timeout=5)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.connection.commit()
        self.connection.close()

    @property
    def raised(self):
        return self.connection.execute("SELECT raised FROM fund WHERE name = 'roof'").fetchone()[0]

    @raised.setter
    def raised(self, amount):
        self.connection.execute("UPDATE fund SET raised = ? WHERE name = 'roof'", (amount,))


def matched(amount):
    time.sleep(0.001)
    return amount * 2


def donate(path, amount, comes):
    time.sleep(comes)
    with Fund(path) as fund:
        fund.raised = fund.raised + matched(amount)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fund.db"
        setup = sqlite3.connect(path)
        setup.executescript("CREATE TABLE fund (name TEXT, raised INTEGER); INSERT INTO fund VALUES ('roof', 0)")
        setup.close()
        donors = [threading.Thread(target=donate, args=(path, amount, comes)) for amount, comes in ((10, 0), (25, 0.08))]
        for donor in donors:
            donor.start()
        for donor in donors:
            donor.join()
        with Fund(path) as fund:
            return fund.raised
