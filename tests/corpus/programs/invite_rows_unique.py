"""An address is invited once: the table lets it be there only once, and the second to put it there is told so."""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class Invitations:
    def __init__(self, path):
        self.path = path
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("CREATE TABLE invitation (id INTEGER PRIMARY KEY, address TEXT UNIQUE, invited_by TEXT)")
        db.close()
        self.mails = []

    def invite(self, address, member):
        db = sqlite3.connect(self.path, isolation_level=None, timeout=5)
        try:
            if db.execute("SELECT 1 FROM invitation WHERE address = ?", (address,)).fetchone():
                return
            db.execute("INSERT INTO invitation (address, invited_by) VALUES (?, ?)", (address, member))
        except sqlite3.IntegrityError:
            return
        finally:
            db.close()
        self.mails.append(address)

    def addresses(self):
        db = sqlite3.connect(self.path)
        try:
            return [row[0] for row in db.execute("SELECT address FROM invitation ORDER BY id")]
        finally:
            db.close()


def member(invitations, name, begins):
    time.sleep(begins)
    invitations.invite("eve@example.org", name)


def main():
    with tempfile.TemporaryDirectory() as folder:
        invitations = Invitations(Path(folder) / "club.db")
        members = [threading.Thread(target=member, args=(invitations, *who)) for who in (("ada", 0), ("bob", 0.08))]
        for thread in members:
            thread.start()
        for thread in members:
            thread.join()
        return invitations.addresses(), invitations.mails
