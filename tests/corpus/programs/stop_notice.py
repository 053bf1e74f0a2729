"""A worker sleeps on a condition; who stops it sets a flag without the lock, and wakes it under the lock afterwards."""

import threading
import time
from collections import deque


class Worker(threading.Thread):
    def __init__(self):
        super().__init__()
        self._changed = threading.Condition()
        self._jobs = deque()
        self._stopping = False
        self.done = []

    def give(self, job):
        with self._changed:
            self._jobs.append(job)
            self._changed.notify()

    def stop(self):
        self._stopping = True
        with self._changed:
            self._changed.notify_all()

    def run(self):
        while (job := self._next()) is not None:
            self.done.append(job * job)

    def _next(self):
        with self._changed:
            while not self._jobs:
                if self._stopping:
                    return None
                self._changed.wait()
            return self._jobs.popleft()


def main():
    worker = Worker()
    worker.start()
    for job in (2, 3):
        worker.give(job)
    time.sleep(0.05)
    worker.stop()
    worker.join()
    return worker.done
