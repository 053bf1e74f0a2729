"""An executor whose one thread sleeps on an event until somebody submits a job."""

import threading
import time
from collections import deque
from concurrent.futures import Future


class Job:
    def __init__(self, function, arguments):
        self.future = Future()
        self._function = function
        self._arguments = arguments

    def run(self):
        try:
            self.future.set_result(self._function(*self._arguments))
        except Exception as error:
            self.future.set_exception(error)


class PollingExecutor:
    def __init__(self):
        self._lock = threading.Lock()
        self._jobs = deque()
        self._wake = threading.Event()
        self._shutdown = False
        self._thread = threading.Thread(target=self._loop, daemon=True)
        self._thread.start()

    def submit(self, function, *arguments):
        job = Job(function, arguments)
        with self._lock:
            self._jobs.append(job)
        self._wake.set()
        return job.future

    def _next(self):
        with self._lock:
            return self._jobs.popleft() if self._jobs else None

    def _loop(self):
        while not self._shutdown:
            self._wake.wait()
            while (job := self._next()) is not None:
                job.run()
            self._wake.clear()

    def shutdown(self):
        self._shutdown = True
        self._wake.set()
        self._thread.join(1)


def resize(name):
    return name + ".small"


def main():
    executor = PollingExecutor()
    names = []
    for name in ("cat", "dog"):
        names.append(executor.submit(resize, name).result())
        time.sleep(0.02)
    executor.shutdown()
    return names
