"""Handlers count their hits under a lock, what has been counted is taken under it as well, and sent without it."""

import threading
import time


class Meter:
    def __init__(self):
        self._lock = threading.Lock()
        self._count = 0

    def hit(self, weight=1):
        with self._lock:
            self._count += weight

    def flush(self, sink):
        with self._lock:
            count, self._count = self._count, 0
        if count:
            sink.send(count)


class Sink:
    def __init__(self):
        self.lines = []

    def send(self, count):
        self.lines.append(f"hits:{count}|c")

    def total(self):
        return sum(int(line.removeprefix("hits:").removesuffix("|c")) for line in self.lines)


def handle(meter, hits, begins):
    time.sleep(begins)
    for weight in hits:
        meter.hit(weight)


def tick(meter, sink, begins):
    time.sleep(begins)
    meter.flush(sink)


def main():
    meter, sink = Meter(), Sink()
    threads = [
        threading.Thread(target=handle, args=(meter, (1, 2, 1), 0)),
        threading.Thread(target=tick, args=(meter, sink, 0.03)),
        threading.Thread(target=handle, args=(meter, (5,), 0.06)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    meter.flush(sink)
    return sink.total()
