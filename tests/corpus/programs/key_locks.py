"""The lock of a key is made when it is first asked for; two threads that ask at once get one each."""

import threading
from contextlib import contextmanager


class MemoryCache:
    def __init__(self):
        self._store = {}

    def get(self, key):
        return self._store.get(key)

    def set(self, key, value):
        self._store[key] = value

    @contextmanager
    def lock(self, key):
        name = f"lock:{key}"
        lock = self.get(name)
        if lock is None:
            lock = threading.Lock()
            self.set(name, lock)
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
