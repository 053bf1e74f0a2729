"""The bucket has one method that looks and puts under one lock."""

import threading
from collections import deque


class BucketFull(Exception):
    pass


class MemoryBucket:
    def __init__(self):
        self._items = deque()
        self._lock = threading.RLock()

    def size(self):
        with self._lock:
            return len(self._items)

    def put_within(self, limit, item):
        self._lock.acquire()
        try:
            if self.size() >= limit:
                return False
            self._items.append(item)
            return True
        finally:
            self._lock.release()


class Limiter:
    def __init__(self, limit):
        self.limit = limit
        self.buckets = {}

    def bucket(self, name):
        return self.buckets.setdefault(name, MemoryBucket())

    def try_acquire(self, name, item):
        if not self.bucket(name).put_within(self.limit, item):
            raise BucketFull(name)


def main():
    limiter = Limiter(limit=2)
    refused = []

    def call(item):
        try:
            limiter.try_acquire("api", item)
        except BucketFull as error:
            refused.append(str(error))

    threads = [threading.Thread(target=call, args=(item,)) for item in ("cron", "web", "mail")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return limiter.bucket("api").size(), refused
