"""A driver's tasks that are due later wait with a scheduler, which hands them to the driver's pool when their time has come."""

import heapq
import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Scheduler(threading.Thread):
    def __init__(self, executor):
        super().__init__(name="Task Scheduler")
        self._executor = executor
        self._condition = threading.Condition()
        self._tasks = []
        self._number = itertools.count()
        self.is_shutdown = False
        self.start()

    def schedule(self, delay, fn, *args):
        with self._condition:
            heapq.heappush(self._tasks, (time.monotonic() + delay, next(self._number), fn, args))
            self._condition.notify()

    def shutdown(self):
        with self._condition:
            self.is_shutdown = True
            self._condition.notify()

    def run(self):
        while True:
            with self._condition:
                if self.is_shutdown:
                    return
                if not self._tasks or (wait := self._tasks[0][0] - time.monotonic()) > 0:
                    self._condition.wait(wait if self._tasks else None)
                    continue
                _, _, fn, args = heapq.heappop(self._tasks)
            self._executor.submit(fn, *args)


class Cluster:
    def __init__(self):
        self.executor = ThreadPoolExecutor(max_workers=1)
        self.scheduler = Scheduler(self.executor)
        self.refreshed = []

    def refresh(self, what):
        self.refreshed.append(what)

    def shutdown(self):
        self.scheduler.shutdown()
        self.executor.shutdown()


def main():
    cluster = Cluster()
    cluster.scheduler.schedule(0.03, cluster.refresh, "schema")
    cluster.scheduler.schedule(0.01, cluster.refresh, "nodes")
    time.sleep(0.15)
    cluster.shutdown()
    cluster.scheduler.join()
    return cluster.refreshed
