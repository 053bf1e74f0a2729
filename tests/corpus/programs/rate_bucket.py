"""The limiter asks the bucket for its size and puts an item in; each is locked, but not both together."""

import threading
from collections import deque


class BucketFull(Exception):
    pass


class MemoryBucket:
    def __init__(self):
        self._items = deque()
        self._lock = threading.Lock()

    def size(self):
        with self._lock:
            return len(self._items)

    def put(self, item):
        with self._lock:
            self._items.append(item)


class Limiter:
    def __init__(self, limit):
        self.limit = limit
        self.buckets = {}

    def bucket(self, name):
        return self.buckets.setdefault(name, MemoryBucket())

    def try_acquire(self, name, item):
        bucket = self.bucket(name)
        if bucket.size() >= self.limit:
            raise BucketFull(name)
        bucket.put(item)


def main():
    limiter = Limiter(limit=2)
    limiter.try_acquire("api", "warm-up")
    refused = []

    def call(item):
        try:
            limiter.try_acquire("api", item)
        except BucketFull as error:
            refused.append(str(error))

    threads = [threading.Thread(target=call, args=(item,)) for item in ("cron", "web")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return limiter.bucket("api").size(), refused
