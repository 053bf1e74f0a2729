"""An injector makes a marker type for every index once, under a lock, and keeps what is bound to it by type."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache

_making = threading.Lock()


@cache
def _make(index):
    """The type that stands for the injectable of this index."""
    namespace = {"index": index, "__doc__": f"marker {index}"}
    time.sleep(0.002)
    return type(f"Marker{index}", (), namespace)


def marker(index):
    with _making:
        return _make(index)


class Registry:
    def __init__(self):
        self._objects = {}

    def bind(self, index, value):
        self._objects.setdefault(marker(index), value)

    def resolve(self, index):
        return self._objects[marker(index)]

    def markers(self):
        return list(self._objects)


def configure(registry, index, value, comes):
    time.sleep(comes)
    registry.bind(index, value)
    return registry.resolve(index)


def main():
    _make.cache_clear()
    registry = Registry()
    with ThreadPoolExecutor(max_workers=2) as pool:
        jobs = [
            pool.submit(configure, registry, 1, "database", 0),
            pool.submit(configure, registry, 1, "database", 0.04),
        ]
        values = [job.result() for job in jobs]
    return values, len(registry.markers())
