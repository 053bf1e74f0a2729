"""A table of open handles; a handle that nobody has any more tells the table, which keeps count under its lock."""

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
            self.handles[name] = Handle(self, name)
            self.count += 1
            return self.handles[name]

    def evict(self, name):
        with self.lock:
            self.handles.pop(name, None)

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
