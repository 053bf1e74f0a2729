"""The last messages of a room are memoised for the threads that serve pages; the rooms used longest ago fall out."""

import threading
import time
from collections import OrderedDict

MOST = 2


class Windows:
    def __init__(self, rooms):
        self._rooms = rooms
        self._memo = OrderedDict()
        self._lock = threading.Lock()

    def window(self, name):
        with self._lock:
            view = self._memo.get(name)
            if view is not None:
                return self._touched(name, view)
            view = self._memo[name] = self._read(name)
            self._trim()
            return view

    def _touched(self, name, view):
        self._memo.move_to_end(name)
        return view

    def _trim(self):
        while len(self._memo) > MOST:
            self._memo.popitem(last=False)

    def _read(self, name):
        time.sleep(0.001)
        return tuple(self._rooms[name][-2:])


def serve(windows, visits, begins, pages):
    time.sleep(begins)
    for name in visits:
        pages.append((name, windows.window(name)))


def main():
    windows = Windows({"lobby": [1, 2, 3], "news": [4], "help": [5, 6]})
    reader, crawler = [], []
    threads = [
        threading.Thread(target=serve, args=(windows, ["lobby", "lobby"], 0, reader)),
        threading.Thread(target=serve, args=(windows, ["news", "help"], 0.1, crawler)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return reader, crawler
