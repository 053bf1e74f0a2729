"""A clean-up that finds another one running leaves it to that one."""

import threading


class Cache:
    def __init__(self, entries):
        self.entries = entries
        self._cleaning = threading.Lock()
        self.cleaned = 0

    def _expired(self, now):
        return [key for key, until in self.entries.items() if until < now]

    def clean(self, now):
        if not self._cleaning.acquire(blocking=False):
            return False
        try:
            for key in self._expired(now):
                del self.entries[key]
                self.cleaned += 1
        finally:
            self._cleaning.release()
        return True


def main():
    cache = Cache({"a": 5, "b": 50, "c": 7})
    threads = [threading.Thread(target=cache.clean, args=(10,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return cache.cleaned, sorted(cache.entries)
