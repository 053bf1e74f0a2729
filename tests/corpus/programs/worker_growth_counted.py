"""A task pool of a component framework that grows with its queue, up to a number of threads."""

import queue
import threading


class FutureResult:
    def __init__(self):
        self._done = threading.Event()
        self._value = None

    def set(self, value):
        self._value = value
        self._done.set()

    def result(self):
        self._done.wait()
        return self._value


class ThreadPool:
    def __init__(self, max_threads, name="pool"):
        self._max_threads = max_threads
        self._name = name
        self._queue = queue.Queue()
        self._lock = threading.RLock()
        self._nb_threads = 0
        self._threads = []

    def enqueue(self, method, *args):
        future = FutureResult()
        self._queue.put((method, args, future))
        with self._lock:
            if self._nb_threads < self._max_threads:
                self._start_thread()
        return future

    def _start_thread(self):
        thread = threading.Thread(target=self._run, name=f"{self._name}-{len(self._threads)}")
        self._threads.append(thread)
        self._nb_threads += 1
        thread.start()

    def _run(self):
        while (item := self._queue.get()) is not None:
            method, args, future = item
            future.set(method(*args))
        self._leave()

    def _leave(self):
        with self._lock:
            self._nb_threads -= 1

    @property
    def size(self):
        return len(self._threads)

    def stop(self):
        for _ in self._threads:
            self._queue.put(None)
        for thread in self._threads:
            thread.join()


class BundleIndexer:
    def __init__(self, pool):
        self._pool = pool

    def index(self, bundles):
        futures = [self._pool.enqueue(self._weigh, bundle) for bundle in bundles]
        return [future.result() for future in futures]

    @staticmethod
    def _weigh(bundle):
        return sum(len(part) for part in bundle.split("."))


def main():
    pool = ThreadPool(2, "bundles")
    weights = BundleIndexer(pool).index(["pelix.http.basic", "pelix.ipopo.core", "pelix.shell.console"])
    size = pool.size
    pool.stop()
    return weights, size
