"""Runners of one machine take workflows from a table, and run each.

After https://github.com/dbos-inc/dbos-transact-py/issues/541
"""

import sqlite3
import tempfile
import threading
import time
from pathlib import Path


class SystemDatabase:
    def __init__(self, path):
        self._connection = sqlite3.connect(path, isolation_level=None, timeout=10)

    def dequeue(self, limit):
        rows = self._connection.execute(
            "SELECT id FROM workflows WHERE status = 'ENQUEUED' ORDER BY id LIMIT ?", (limit,)
        ).fetchall()
        for row in rows:
            self._connection.execute("UPDATE workflows SET status = 'PENDING' WHERE id = ?", row)
        return [workflow for (workflow,) in rows]

    def close(self):
        self._connection.close()


class Runner(threading.Thread):
    def __init__(self, path, executed, starts_after):
        super().__init__()
        self.path, self.executed, self.starts_after = path, executed, starts_after

    def run(self):
        time.sleep(self.starts_after)
        database = SystemDatabase(self.path)
        while workflows := database.dequeue(2):
            for workflow in workflows:
                self.executed.append(workflow)
        database.close()


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "dbos.sqlite")
        connection = sqlite3.connect(path)
        connection.execute("CREATE TABLE workflows (id INTEGER PRIMARY KEY, status TEXT)")
        connection.executemany("INSERT INTO workflows (status) VALUES (?)", [("ENQUEUED",)] * 4)
        connection.commit()
        connection.close()
        executed = []
        runners = [Runner(path, executed, after) for after in (0.0, 0.15)]
        for runner in runners:
            runner.start()
        for runner in runners:
            runner.join()
    return sorted(executed)


if __name__ == "__main__":
    assert main() == [1, 2, 3, 4]
