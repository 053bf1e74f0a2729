"""What is evicted is taken from the table under the lock, but dropped after it."""

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
        dropped = []
        with self._lock:
            for key in sorted(self.table):
                if key not in keep:
                    dropped.append(self.table.pop(key))
        dropped.clear()


def main():
    pool = MemoryPool(100)
    pool.allocate("prompt", 30)
    pool.allocate("system", 20)
    opened = threading.Event()
    seen = []

    def reader():
        block = pool.read("prompt")
        opened.set()
        time.sleep(0.001)
        seen.append(block.size)

    thread = threading.Thread(target=reader)
    thread.start()
    opened.wait()
    pool.evict(keep={"system"})
    thread.join()
    return pool.free, sorted(pool.table), seen
