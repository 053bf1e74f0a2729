"""An optical bench: moving a lens and refocusing take the two motors in opposite orders, but only with the key of the bench."""

import threading
from contextlib import contextmanager
from functools import wraps


def with_bench_key(method):
    @wraps(method)
    def wrapper(self, *args):
        with self.key:
            return method(self, *args)

    return wrapper


class Motor:
    def __init__(self):
        self._lock = threading.Lock()
        self.position = 0

    @contextmanager
    def powered(self):
        with self._lock:
            yield self

    def step(self, by):
        self.position = self.position + by


class Bench:
    def __init__(self):
        self.key = threading.Lock()
        self.slide, self.focus = Motor(), Motor()

    @with_bench_key
    def move(self, by):
        with self.slide.powered() as slide, self.focus.powered() as focus:
            slide.step(by)
            focus.step(-by)

    @with_bench_key
    def refocus(self, by):
        with self.focus.powered() as focus:
            focus.step(by)
            with self.slide.powered() as slide:
                slide.step(1)

    def nudge(self):
        with self.slide.powered() as slide:
            slide.step(10)


def main():
    bench = Bench()
    jobs = [(bench.move, (3,)), (bench.refocus, (2,)), (bench.nudge, ()), (bench.move, (4,)), (bench.refocus, (5,))]
    threads = [threading.Thread(target=job, args=args) for job, args in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return bench.slide.position, bench.focus.position


if __name__ == "__main__":
    print(main())
