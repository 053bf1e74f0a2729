"""A task queue keeps its tasks in a table: a worker reads the oldest one, deletes it, and runs it.

After https://github.com/coleifer/huey/issues/123
"""

import json
import logging
import sqlite3
import tempfile
import threading
import time
from pathlib import Path

logger = logging.getLogger("queue")


class Storage:
    def __init__(self, path):
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)

    def create(self):
        self._connection.execute("CREATE TABLE IF NOT EXISTS task (id INTEGER PRIMARY KEY, queue TEXT, item TEXT)")

    def enqueue(self, queue, item):
        self._connection.execute("INSERT INTO task (queue, item) VALUES (?, ?)", (queue, json.dumps(item)))

    def dequeue(self, queue):
        row = self._connection.execute("SELECT id, item FROM task WHERE queue = ? ORDER BY id LIMIT 1", (queue,)).fetchone()
        if row is None:
            return None
        number, item = row
        self._connection.execute("DELETE FROM task WHERE id = ?", (number,))
        return json.loads(item)

    def close(self):
        self._connection.close()


class Worker(threading.Thread):
    def __init__(self, name, path, delay, sent):
        super().__init__(name=name)
        self.path = path
        self.delay = delay
        self.sent = sent

    def run(self):
        storage = Storage(self.path)
        time.sleep(self.delay)
        while (task := storage.dequeue("mail")) is not None:
            logger.debug("%s runs %s", self.name, task)
            self.sent.append(task["to"])
            time.sleep(0.1)
        storage.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tasks.db")
        storage = Storage(path)
        storage.create()
        for address in ("ann", "ben", "cleo"):
            storage.enqueue("mail", {"to": address})
        sent = []
        workers = [Worker("early", path, 0.0, sent), Worker("late", path, 0.05, sent)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        storage.close()
        return sorted(sent)


if __name__ == "__main__":
    assert main() == ["ann", "ben", "cleo"]
