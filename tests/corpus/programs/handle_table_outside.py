"""A table of open handles lets go of an evicted one outside of its lock, which the handle takes when it goes."""

import threading
import time


class Handle:
    def __init__(self, table, name):
        self.table = table
        self.name = name

    def read(self):
        time.sleep(0.01)
        return self.name

    def __del__(self):
        self.table.closed()


class Table:
    def __init__(self):
        self.lock = threading.Lock()
        self.handles = {}
        self.count = 0

    def open(self, name):
        with self.lock:
            handle = Handle(self, name)
            self.handles[name] = handle
            self.count += 1
        return handle

    def evict(self, name):
        with self.lock:
            evicted = self.handles.pop(name, None)
        del evicted

    def closed(self):
        with self.lock:
            self.count -= 1


def reader(table, read):
    handle = table.open("a.txt")
    read.append(handle.read())
    time.sleep(0.08)


def main():
    table, read = Table(), []
    thread = threading.Thread(target=reader, args=(table, read), daemon=True)
    thread.start()
    time.sleep(0.04)
    table.evict("a.txt")
    thread.join()
    return read, table.count
