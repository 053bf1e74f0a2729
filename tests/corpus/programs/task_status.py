"""Tasks are handed to a worker, and their status is kept in a table that the web pages read."""

import queue
import threading
import time


class StatusTable:
    def __init__(self):
        self._lock = threading.Lock()
        self._rows = {}

    def upsert(self, task, **fields):
        with self._lock:
            self._rows.setdefault(task, {}).update(fields)

    def read(self):
        with self._lock:
            return {task: (row.get("state"), row.get("result")) for task, row in self._rows.items()}


class Worker(threading.Thread):
    def __init__(self, table):
        super().__init__()
        self.table = table
        self.tasks = queue.Queue()

    def run(self):
        while (job := self.tasks.get()) is not None:
            time.sleep(0.004)
            name, number = job
            self.table.upsert(name, state="finished", result=number ** 2)


def apply_async(worker, name, number):
    worker.tasks.put((name, number))
    record(worker.table, name)


def record(table, name):
    table.upsert(name, state="waiting", result=None)


def main():
    table = StatusTable()
    worker = Worker(table)
    worker.start()
    for name, number in (("publish", 3), ("sync", 7)):
        apply_async(worker, name, number)
    worker.tasks.put(None)
    worker.join()
    return table.read()
