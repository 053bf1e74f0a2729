"""Threads set up a module's handle lazily; two handles are opened and one is forgotten."""

import threading

opened = []
handle = None


class Handle:
    def __init__(self):
        opened.append(self)


def get_handle():
    global handle
    if handle is None:
        handle = Handle()
    return handle


def main():
    threads = [threading.Thread(target=get_handle) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(opened)
