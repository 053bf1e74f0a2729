"""A cache throws out what is too old at every write; writers are threads, and the clock is a hand that main turns."""

import threading
import time


class TTLCache:
    def __init__(self, ttl):
        self.ttl = ttl
        self.now = 0
        self._values = {}
        self._born = {}

    def __setitem__(self, key, value):
        self.expire()
        self._values[key] = value
        self._born[key] = self.now

    def __len__(self):
        return len(self._values)

    def expire(self):
        for key, born in list(self._born.items()):
            if born + self.ttl <= self.now:
                del self._values[key]
                del self._born[key]


def put(cache, key, starts):
    time.sleep(starts)
    cache[key] = key.upper()


def main():
    cache = TTLCache(ttl=5)
    cache["old"] = "OLD"
    cache["older"] = "OLDER"
    cache.now = 9
    failures = []
    threading.excepthook = lambda args: failures.append(args.exc_type.__name__)
    writers = [threading.Thread(target=put, args=(cache, key, starts)) for key, starts in (("a", 0), ("b", 0.05))]
    [w.start() for w in writers]
    [w.join() for w in writers]
    return len(cache), failures
