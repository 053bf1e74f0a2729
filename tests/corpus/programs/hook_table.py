"""Plugins may add hooks at any time: the table is a tuple that is replaced under a lock, and read without one."""

import threading
import time


class HookTable:
    def __init__(self):
        self._hooks = ()
        self._writing = threading.Lock()

    def add(self, hook):
        with self._writing:
            self._hooks = (*self._hooks, hook)

    def remove(self, hook):
        with self._writing:
            self._hooks = tuple(other for other in self._hooks if other is not hook)

    def fire(self, event):
        for hook in self._hooks:
            hook(event)

    def __len__(self):
        return len(self._hooks)


class Audit:
    def __init__(self):
        self.events = []

    def __call__(self, event):
        self.events.append(event)


def requests(table, first, count):
    for number in range(first, first + count):
        table.fire(f"request {number}")


def plugin(table, hook, begins):
    time.sleep(begins)
    table.add(hook)


def main():
    table, audit = HookTable(), Audit()
    table.add(audit)
    hooks = [lambda event: None for _ in range(2)]
    threads = [threading.Thread(target=requests, args=(table, first, 3)) for first in (0, 10)]
    threads += [threading.Thread(target=plugin, args=(table, hook, begins)) for hook, begins in zip(hooks, (0, 0.01), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    table.remove(hooks[0])
    return sorted(audit.events), len(table)
