"""(e) Worker threads with locks and queues."""

import queue
import threading

from timing import measured


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.total = 0
        self.by_worker = {}


def score(n):
    total = 0
    for i in range(40):
        total = (total * 31 + i * n) % 1009
    return total


def worker(name, todo, done, ledger):
    while True:
        n = todo.get()
        if n is None:
            return
        value = score(n)
        with ledger.lock:
            ledger.total += value
            ledger.by_worker[name] = ledger.by_worker.get(name, 0) + 1
        done.put(value)


def main(jobs=30_000, workers=4):
    todo, done, ledger = queue.Queue(), queue.Queue(), Ledger()
    threads = [threading.Thread(target=worker, args=(f"w{i}", todo, done, ledger)) for i in range(workers)]
    for thread in threads:
        thread.start()
    for n in range(jobs):
        todo.put(n)
    for _ in threads:
        todo.put(None)
    for thread in threads:
        thread.join()
    assert sum(done.get() for _ in range(jobs)) == ledger.total


if __name__ == "__main__":
    with measured():
        main()
