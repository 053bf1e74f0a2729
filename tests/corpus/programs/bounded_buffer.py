"""A bounded buffer made of one lock and two conditions, waited for in loops."""

import threading
from collections import deque


class BoundedBuffer:
    def __init__(self, size):
        lock = threading.Lock()
        self._filled = threading.Condition(lock)
        self._drained = threading.Condition(lock)
        self._items = deque()
        self._size = size

    def put(self, item):
        with self._drained:
            while len(self._items) == self._size:
                self._drained.wait()
            self._items.append(item)
            self._filled.notify()

    def get(self):
        with self._filled:
            while not self._items:
                self._filled.wait()
            item = self._items.popleft()
            self._drained.notify()
            return item


def main():
    buffer = BoundedBuffer(1)
    taken = []

    def producer(items):
        for item in items:
            buffer.put(item)

    def consumer(count):
        for _ in range(count):
            taken.append(buffer.get())

    threads = [
        threading.Thread(target=producer, args=("abc",)),
        threading.Thread(target=producer, args=("xy",)),
        threading.Thread(target=consumer, args=(2,)),
        threading.Thread(target=consumer, args=(3,)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(taken), len(buffer._items)
