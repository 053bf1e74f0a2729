"""Waking sets and at once clears the event that the worker waits for; a worker that is busy then misses it."""

import threading


class Lifecycle:
    def __init__(self):
        self._wake_event = threading.Event()
        self.idle = threading.Event()
        self.stopping = False
        self.pending = []
        self.processed = []

    def process_once(self):
        while self.pending:
            self.processed.append(self.pending.pop(0))

    def run(self):
        while True:
            self.process_once()
            if self.stopping:
                return
            self.idle.set()
            self._wake_event.wait(0.4)

    def wake(self, item=None):
        if item is None:
            self.stopping = True
        else:
            self.pending.append(item)
        self._wake_event.set()
        self._wake_event.clear()


def main():
    lifecycle = Lifecycle()
    worker = threading.Thread(target=lifecycle.run)
    worker.start()
    lifecycle.idle.wait()
    stopped = threading.Event()
    stopped.wait(0.01)
    lifecycle.wake("scan")
    stopped.wait(0.01)
    lifecycle.wake()
    worker.join()
    return lifecycle.processed, lifecycle.pending
