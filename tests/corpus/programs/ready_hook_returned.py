"""A server runs its hook once all threads of a group have said that they are up; plug-ins open their ports in it."""

import threading
import time
from contextlib import contextmanager

GROUPS = {}


class Group:
    def __init__(self, name, size):
        self.name = name
        self.size = size
        self.started = 0
        self.lock = threading.Lock()


def group_up(group, hook):
    with group.lock:
        group.started += 1
        started = group.started
    if started == group.size:
        hook(group.name)


@contextmanager
def thread_group(name, size, warm_up, hook):
    group = GROUPS[name] = Group(name, size)

    def body(number):
        warm_up(number)
        group_up(group, hook)

    threads = [threading.Thread(target=body, args=(number,), name=f"{name}-{number}") for number in range(size)]
    for thread in threads:
        thread.start()
    try:
        yield group
    finally:
        for thread in threads:
            thread.join()
        del GROUPS[name]


def load_certificates(number):
    time.sleep(0.03 * number)


def main():
    opened = []
    with thread_group("net", 3, load_certificates, lambda name: opened.append(f"{name}:443")) as group:
        pass
    return group.started, opened
