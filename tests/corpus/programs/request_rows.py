"""Executors look for a pending request in a table, mark it as running, and run it; each has its own connection."""

import sqlite3
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Request:
    number: int
    status: str


class Requests:
    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None, timeout=5)

    def create(self, count):
        self.db.execute("CREATE TABLE request (number INTEGER PRIMARY KEY, status TEXT)")
        self.db.executemany("INSERT INTO request VALUES (?, 'pending')", [(number,) for number in range(count)])

    def pending(self):
        query = "SELECT number, status FROM request WHERE status = 'pending' ORDER BY number LIMIT 1"
        row = self.db.execute(query).fetchone()
        return row and Request(*row)

    def start(self, request):
        self.db.execute("UPDATE request SET status = 'running' WHERE number = ?", (request.number,))
        return True

    def close(self):
        self.db.close()


def executor(path, begins, ran):
    time.sleep(begins)
    requests = Requests(path)
    while request := requests.pending():
        if requests.start(request):
            ran.append(request.number)
    requests.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "requests.db"
        requests = Requests(path)
        requests.create(3)
        ran = []
        executors = [threading.Thread(target=executor, args=(path, begins, ran)) for begins in (0, 0.2)]
        for thread in executors:
            thread.start()
        for thread in executors:
            thread.join()
        requests.close()
    return sorted(ran)
