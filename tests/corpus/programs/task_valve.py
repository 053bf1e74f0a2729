"""A valve lets a few jobs into an executor at a time; every job that ends starts one of those that wait."""

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
        self._waiting = deque()
        self.active = 0

    def _has_room(self):
        return self.active < self._limit

    def submit(self, work, *args):
        job = Job(work, args)
        if self._has_room():
            self._start(job)
        else:
            self._waiting.append(job)
        return job.result

    def _start(self, job):
        self.active += 1
        self._pool.submit(job.run).add_done_callback(self._on_done)

    def _on_done(self, _):
        self.active -= 1
        if self._waiting:
            self._start(self._waiting.popleft())


def acquire_image(number):
    time.sleep(0.01)
    return number * 10


def main():
    with ThreadPoolExecutor(max_workers=2) as pool:
        valve = Valve(pool, limit=1)
        results = [valve.submit(acquire_image, number) for number in range(3)]
        images = [result.result() for result in results]
    return images, valve.active
