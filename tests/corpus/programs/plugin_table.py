"""The table says that it is loaded before it is: who looks at the mark without the lock finds an empty table."""

import threading


def load_csv(path):
    return f"rows of {path}"


def load_sql(path):
    return f"tables of {path}"


class LoaderRegistry:
    def __init__(self):
        self._lock = threading.Lock()
        self._registered = False
        self._loaders = {}

    def register(self, suffix, loader):
        self._loaders[suffix] = loader

    def _ensure_registered(self):
        if self._registered:
            return
        with self._lock:
            if self._registered:
                return
            self._registered = True
            for suffix, loader in (("csv", load_csv), ("db", load_sql)):
                self.register(suffix, loader)

    def load(self, path):
        self._ensure_registered()
        loader = self._loaders.get(path.rpartition(".")[2])
        return loader(path) if loader else f"no loader for {path}"


def main():
    registry = LoaderRegistry()
    results = {}

    def fetch(path):
        results[path] = registry.load(path)

    threads = [threading.Thread(target=fetch, args=(path,)) for path in ("ypf.csv", "spy.db")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results.values())
