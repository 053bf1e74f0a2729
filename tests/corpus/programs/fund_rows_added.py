"""Donations are matched by the bank and added to the row of a fund by the statement itself; each donor has a connection."""

import sqlite3
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path


def matched(amount):
    time.sleep(0.001)
    return amount * 2


def donate(path, amount, comes):
    time.sleep(comes)
    with closing(sqlite3.connect(path, timeout=5)) as connection, connection:
        connection.execute("UPDATE fund SET raised = raised + :amount WHERE name = 'roof'", {"amount": matched(amount)})


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fund.db"
        setup = sqlite3.connect(path)
        setup.executescript("CREATE TABLE fund (name TEXT, raised INTEGER); INSERT INTO fund VALUES ('roof', 0)")
        donors = [threading.Thread(target=donate, args=(path, amount, comes)) for amount, comes in ((10, 0), (25, 0.08))]
        for donor in donors:
            donor.start()
        for donor in donors:
            donor.join()
        (raised,) = setup.execute("SELECT raised FROM fund WHERE name = 'roof'").fetchone()
        setup.close()
        return raised
