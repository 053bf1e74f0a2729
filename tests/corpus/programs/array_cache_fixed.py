"""Freeing takes the operator's lock first, as allocating does."""

import threading


class ArrayCache:
    def __init__(self):
        self._lock = threading.Lock()
        self._cache_lock = threading.Lock()
        self.blocks = {}
        self.dirty = set()
        self.freed = 0

    def allocate(self, key, size):
        with self._lock:
            self.dirty.add(key)
            with self._cache_lock:
                self.blocks[key] = bytearray(size)

    def free(self, limit):
        with self._lock, self._cache_lock:
            used = sum(len(block) for block in self.blocks.values())
            if used <= limit:
                return
            for key in sorted(self.blocks):
                self.dirty.discard(key)
                self.freed += len(self.blocks.pop(key))


def main():
    cache = ArrayCache()
    cache.allocate("raw", 64)
    manager = threading.Thread(target=cache.free, args=(16,))
    operator = threading.Thread(target=cache.allocate, args=("labels", 8))
    manager.start()
    operator.start()
    manager.join()
    operator.join()
    cache.free(0)
    return sorted(cache.blocks), cache.freed
