"""Items are sent in batches by a timer that the first item of a batch starts."""

import threading
import time


class Batcher:
    def __init__(self, send):
        self._send = send
        self._lock = threading.Lock()
        self._items = []
        self._timer = None
        self._timers = []

    def add(self, item):
        with self._lock:
            self._items.append(item)
            if self._timer is None:
                self._timer = threading.Timer(0.02, self._fire)
                self._timers.append(self._timer)
                self._timer.start()

    def _fire(self):
        with self._lock:
            batch, self._items = self._items, []
        self._send(batch)
        with self._lock:
            self._timer = None

    def join(self):
        for timer in list(self._timers):
            timer.join()


class Server:
    def __init__(self):
        self.received = []

    def post(self, batch):
        time.sleep(0.002)
        self.received.extend(batch)


def main():
    server = Server()
    batcher = Batcher(server.post)
    for item, pause in (("open", 0), ("click", 0.12), ("close", 0.005)):
        time.sleep(pause)
        batcher.add(item)
    batcher.join()
    return sorted(server.received)
