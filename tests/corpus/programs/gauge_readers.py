"""A gauge whose two needles move together: many may read at once, and who moves them waits for the readers to go."""

import threading
from contextlib import contextmanager


class SharedGuard:
    def __init__(self):
        self._turn = threading.Condition()
        self._readers = 0

    @contextmanager
    def reading(self):
        with self._turn:
            self._readers += 1
        try:
            yield
        finally:
            with self._turn:
                self._readers -= 1
                if self._readers == 0:
                    self._turn.notify_all()

    @contextmanager
    def writing(self):
        with self._turn:
            self._turn.wait_for(lambda: self._readers == 0)
            yield


class Gauge:
    def __init__(self):
        self.guard = SharedGuard()
        self.low, self.high = 0, 10

    def move(self, by):
        with self.guard.writing():
            self.low += by
            self.high += by

    def span(self):
        with self.guard.reading():
            return self.high - self.low


def main():
    gauge, spans = Gauge(), []
    threads = [threading.Thread(target=gauge.move, args=(by,)) for by in (3, 4)]
    threads += [threading.Thread(target=lambda: spans.append(gauge.span())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return gauge.low, gauge.high, spans
