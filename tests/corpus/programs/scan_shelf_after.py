"""A shelf keeps the scans that were opened last. A scan that nobody has any more gives its file handle back."""

import threading
import time
from collections import OrderedDict


class Scan:
    __slots__ = ("_shelf", "name")

    def __init__(self, shelf, name):
        self._shelf = shelf
        self.name = name

    def __del__(self):
        self._shelf.give_back()


class Shelf:
    def __init__(self, handles, keep):
        self._lock = threading.Lock()
        self._recent = OrderedDict()
        self._keep = keep
        self.free_handles = handles

    def give_back(self):
        with self._lock:
            self.free_handles += 1

    def open(self, name):
        evicted = None
        with self._lock:
            if name in self._recent:
                self._recent.move_to_end(name)
                return self._recent[name]
            scan = Scan(self, name)
            self.free_handles -= 1
            self._recent[name] = scan
            if len(self._recent) > self._keep:
                _, evicted = self._recent.popitem(last=False)
        del evicted
        return scan


def read_pages(shelf, name, opened, pages):
    scan = shelf.open(name)
    opened.set()
    for number in range(3):
        time.sleep(0.01)
        pages.append(f"{scan.name}/{number}")


def main():
    shelf = Shelf(handles=8, keep=2)
    opened, pages = threading.Event(), []
    reader = threading.Thread(target=read_pages, args=(shelf, "deeds", opened, pages))
    reader.start()
    opened.wait()
    for name in ("maps", "letters"):
        shelf.open(name)
    reader.join()
    return shelf.free_handles, pages


if __name__ == "__main__":
    print(main())
