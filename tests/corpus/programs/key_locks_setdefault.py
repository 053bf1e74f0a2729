"""Whichever thread puts its lock into the table first, both use the one that is there."""

import threading
from contextlib import contextmanager


class MemoryCache:
    def __init__(self):
        self._store = {}

    @contextmanager
    def lock(self, key):
        lock = self._store.setdefault(f"lock:{key}", threading.Lock())
        with lock:
            yield


class ModelManager:
    def __init__(self, cache):
        self.cache = cache
        self.models = {}
        self.downloads = []

    def _download(self, name):
        self.downloads.append(name)
        return {"name": name, "weights": [len(name)] * 3}

    def model(self, name):
        with self.cache.lock(name):
            if name not in self.models:
                self.models[name] = self._download(name)
            return self.models[name]


def main():
    manager = ModelManager(MemoryCache())
    threads = [threading.Thread(target=manager.model, args=("yolo",)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return manager.downloads, sorted(manager.models)
