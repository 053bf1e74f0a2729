"""One thread fills a ring of slots and another empties it; free and full slots are counted by two semaphores."""
import threading


class Ring:
    def __init__(self, size):
        self.slots = [None] * size
        self.free = threading.Semaphore(size)
        self.full = threading.Semaphore(0)
        self.head = self.tail = 0

    def put(self, item):
        self.free.acquire()
        self.slots[self.head % len(self.slots)] = item
        self.head += 1
        self.full.release()

    def take(self):
        self.full.acquire()
        item, self.slots[self.tail % len(self.slots)] = self.slots[self.tail % len(self.slots)], None
        self.tail += 1
        self.free.release()
        return item


def fill(ring, items):
    for item in items:
        ring.put(item)
    ring.put(None)


def drain(ring, sums):
    while (item := ring.take()) is not None:
        sums["total"] = sums.get("total", 0) + item


def main():
    ring, sums = Ring(2), {}
    threads = [threading.Thread(target=fill, args=(ring, (1, 2, 3, 4))), threading.Thread(target=drain, args=(ring, sums))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sums, ring.head, ring.tail
