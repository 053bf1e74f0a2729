"""A cache shared by threads evicts between the look and the read."""

import threading


class Cache:
    def __init__(self):
        self.data = {"k": 1}

    def get(self, key):
        if key in self.data:
            return self.data[key]
        return None

    def evict(self, key):
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
