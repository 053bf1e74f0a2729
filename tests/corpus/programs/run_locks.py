"""A server of test runs has a lock for each run, and drops the locks from time to time, since runs end.

After https://github.com/official-stockfish/fishtest/pull/179
"""

import threading
import time


class RunDb:
    def __init__(self):
        self.guard = threading.Lock()
        self.active = {}
        self.runs = {"run-1": {"games": 0, "tasks": []}}

    def run_lock(self, name):
        with self.guard:
            if name not in self.active:
                self.active[name] = threading.Lock()
            return self.active[name]

    def purge(self):
        with self.guard:
            self.active = {}

    def update_task(self, name, worker, games):
        with self.run_lock(name):
            run = self.runs[name]
            total = run["games"] + games
            time.sleep(0.01)
            run["games"] = total
            run["tasks"].append(worker)


def work(database, worker, after):
    time.sleep(after)
    for _ in range(2):
        database.update_task("run-1", worker, 10)


def tidy(database, after):
    time.sleep(after)
    database.purge()


def main():
    database = RunDb()
    threads = [
        threading.Thread(target=work, args=(database, "worker-a", 0.0)),
        threading.Thread(target=tidy, args=(database, 0.1)),
        threading.Thread(target=work, args=(database, "worker-b", 0.2)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return database.runs["run-1"]["games"]


if __name__ == "__main__":
    assert main() == 40
