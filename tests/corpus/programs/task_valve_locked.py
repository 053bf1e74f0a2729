"""A valve lets a few jobs into an executor at a time; a job that ends hands its place over under a lock."""

import threading
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor


class Job:
    def __init__(self, work, args):
        self.work = work
        self.args = args
        self.result = Future()

    def run(self):
        self.result.set_result(self.work(*self.args))


class Valve:
    def __init__(self, pool, limit):
        self._pool = pool
        self._limit = limit
        self._lock = threading.Lock()
        self._waiting = deque()
        self.active = 0

    def submit(self, work, *args):
        job = Job(work, args)
        with self._lock:
            room = self.active < self._limit
            if room:
                self.active += 1
            else:
                self._waiting.append(job)
        if room:
            self._start(job)
        return job.result

    def _start(self, job):
        self._pool.submit(job.run).add_done_callback(self._on_done)

    def _on_done(self, _):
        with self._lock:
            following = self._waiting.popleft() if self._waiting else None
            if following is None:
                self.active -= 1
        if following is not None:
            self._start(following)


def acquire_image(number):
    time.sleep(0.01)
    return number * 10


def main():
    with ThreadPoolExecutor(max_workers=2) as pool:
        valve = Valve(pool, limit=1)
        results = [valve.submit(acquire_image, number) for number in range(3)]
        images = [result.result() for result in results]
    return images, valve.active
