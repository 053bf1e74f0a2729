"""Steps of a graph run on a pool; the graph is through when the count of unfinished steps has come down to nothing."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor


class StepRunner:
    def __init__(self, pool):
        self._pool = pool
        self._lock = threading.Lock()
        self._open = 0
        self._all_done = threading.Event()
        self.outcome = {}

    def submit(self, name, work, *args):
        with self._lock:
            self._open += 1
            self._all_done.clear()
        future = self._pool.submit(work, *args)
        future.add_done_callback(lambda done: self._finished(name, done))

    def _finished(self, name, future):
        self.outcome[name] = future.result()
        with self._lock:
            self._open -= 1
            if self._open == 0:
                self._all_done.set()

    def wait(self):
        self._all_done.wait()
        return dict(sorted(self.outcome.items()))


def step(number):
    time.sleep(0.01)
    return number + 1


def main():
    with ThreadPoolExecutor(max_workers=2) as pool:
        runner = StepRunner(pool)
        for name, number in (("load", 1), ("clean", 2), ("plot", 3)):
            runner.submit(name, step, number)
        return runner.wait()
