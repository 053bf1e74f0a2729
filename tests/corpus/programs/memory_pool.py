"""Evicting a block under the pool's lock may drop the last reference to it, and its finalizer takes the lock."""

import threading
import time


class Block:
    def __init__(self, pool, size):
        self.pool = pool
        self.size = size

    def __del__(self):
        self.pool.give_back(self.size)


class MemoryPool:
    def __init__(self, capacity):
        self._lock = threading.Lock()
        self.free = capacity
        self.table = {}

    def allocate(self, key, size):
        with self._lock:
            self.free -= size
        self.table[key] = Block(self, size)

    def give_back(self, size):
        with self._lock:
            self.free += size

    def read(self, key):
        return self.table[key]

    def evict(self, keep):
        with self._lock:
            for key in sorted(self.table):
                if key not in keep:
                    self.table.pop(key)


def main():
    pool = MemoryPool(100)
    pool.allocate("prompt", 30)
    pool.allocate("system", 20)
    opened = threading.Event()
    seen = []

    def reader():
        block = pool.read("prompt")
        opened.set()
        time.sleep(0.03)
        seen.append(block.size)

    thread = threading.Thread(target=reader)
    thread.start()
    opened.wait()
    pool.evict(keep={"system"})
    thread.join()
    return pool.free, sorted(pool.table), seen
