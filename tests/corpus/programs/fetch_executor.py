"""An executor that cancels what has not begun when it is shut down; page jobs hand their thumbnails to the same executor."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor


class ExecutorClosed(RuntimeError):
    pass


class CancelOnShutdown:
    def __init__(self, delegate):
        self._delegate = delegate
        self._lock = threading.Lock()
        self._futures = set()
        self._shutdown = False

    def submit(self, work, *args):
        with self._lock:
            if self._shutdown:
                raise ExecutorClosed("shut down")
            future = self._delegate.submit(work, *args)
            self._futures.add(future)
        return future

    def _cancel_pending(self):
        for future in self._futures:
            future.cancel()

    def shutdown(self):
        with self._lock:
            self._shutdown = True
            self._cancel_pending()
            self._delegate.shutdown(wait=True)

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.shutdown()


class Album:
    def __init__(self, executor):
        self._executor = executor
        self.pages = []
        self.thumbnails = []

    def fetch(self, name):
        self.pages.append(name.upper())
        try:
            self._executor.submit(self.shrink, name)
        except ExecutorClosed:
            self.thumbnails.append(None)

    def shrink(self, name):
        self.thumbnails.append(name[:2])


def main():
    with CancelOnShutdown(ThreadPoolExecutor(2)) as executor:
        album = Album(executor)
        for name in ("harbour", "market"):
            executor.submit(album.fetch, name)
        time.sleep(0.02)
    return sorted(album.pages), len(album.thumbnails)
