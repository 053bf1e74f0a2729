"""Each shelf has a lock put into the table in one atomic step."""

import threading


class Shelves:
    def __init__(self):
        self._locks = {}
        self.stock = {}

    def _lock_of(self, shelf):
        return self._locks.setdefault(shelf, threading.Lock())

    def _volume(self, items):
        return len([item for item in items if item])

    def put(self, shelf, items):
        with self._lock_of(shelf):
            before = self.stock.get(shelf, 0)
            self.stock[shelf] = before + self._volume(items)


def main():
    shelves = Shelves()
    loads = [("A1", ["box", "bag"]), ("A1", ["jar"]), ("B2", ["can"])]
    threads = [threading.Thread(target=shelves.put, args=load) for load in loads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(shelves.stock.items())
