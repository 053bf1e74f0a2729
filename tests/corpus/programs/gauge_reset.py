"""Counting is locked, collecting and resetting is not: what is counted in between goes with the reset."""

import threading

_lock = threading.Lock()
_bytes = 0


def weight(text):
    return len(text.encode())


def record(text):
    global _bytes
    with _lock:
        _bytes = _bytes + weight(text)


class Reporter:
    def __init__(self):
        self.sent = []

    def send(self, value):
        self.sent.append(value)

    def collect(self):
        global _bytes
        value = _bytes
        if value:
            self.send(value)
            _bytes = 0


def main():
    global _bytes
    _bytes = 0
    reporter = Reporter()
    record("GET /")

    def traffic():
        for text in ("GET /a", "GET /bb"):
            record(text)

    worker = threading.Thread(target=traffic)
    collector = threading.Thread(target=reporter.collect)
    worker.start()
    collector.start()
    worker.join()
    collector.join()
    reporter.collect()
    return sum(reporter.sent), _bytes
