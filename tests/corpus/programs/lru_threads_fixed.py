"""The cache's two operations hold its lock."""

import threading


class Cache:
    def __init__(self):
        self.data = {"k": 1}
        self.lock = threading.Lock()

    def get(self, key):
        with self.lock:
            if key in self.data:
                return self.data[key]
        return None

    def evict(self, key):
        with self.lock:
            self.data.pop(key, None)


def main():
    cache = Cache()
    reader = threading.Thread(target=cache.get, args=("k",))
    cleaner = threading.Thread(target=cache.evict, args=("k",))
    reader.start()
    cleaner.start()
    reader.join()
    cleaner.join()
    return cache.data
