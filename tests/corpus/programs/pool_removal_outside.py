"""A pool of connections tells the application of every connection it has dropped, outside its lock; the application writes down how many are left."""

import threading


class Connection:
    def __init__(self, number):
        self.number = number
        self.open = True

    def close(self):
        self.open = False


class ObjectPool:
    def __init__(self, create, after_remove):
        self._create = create
        self._after_remove = after_remove
        self._lock = threading.Lock()
        self._free = []
        self._used = []

    def get(self):
        with self._lock:
            item = self._free.pop() if self._free else self._create()
            self._used.append(item)
            return item

    def release(self, item):
        with self._lock:
            self._used.remove(item)
            self._free.append(item)

    def size(self):
        with self._lock:
            return len(self._free) + len(self._used)

    def clear(self):
        with self._lock:
            dropped, self._free = self._free, []
        for item in dropped:
            self._after_remove(item)


def main():
    numbers = iter(range(100))
    sizes = []

    def dropped(connection):
        connection.close()
        sizes.append(pool.size())

    pool = ObjectPool(lambda: Connection(next(numbers)), dropped)

    def fetch():
        connection = pool.get()
        assert connection.open
        pool.release(connection)

    reaper = threading.Thread(target=pool.clear)
    client = threading.Thread(target=fetch)
    reaper.start()
    client.start()
    reaper.join()
    client.join()
    assert all(size == 0 for size in sizes), sizes
    return pool.size() + len(sizes)


if __name__ == "__main__":
    print(main())
