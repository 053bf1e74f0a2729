"""Heat spreads along a rod: threads work out a part each, and change sides together at a barrier after every step."""

import itertools
import threading


class Rod:
    def __init__(self, cells, parts):
        self.now = list(cells)
        self.then = list(cells)
        self.steps = 0
        self.barrier = threading.Barrier(parts, action=self._swap)

    def _swap(self):
        self.now, self.then = self.then, self.now
        self.steps += 1

    def advance(self, start, stop):
        now, then = self.now, self.then
        last = len(now) - 1
        for cell in range(start, stop):
            left, right = now[max(cell - 1, 0)], now[min(cell + 1, last)]
            then[cell] = (left + 2 * now[cell] + right) / 4


def spread(rod, start, stop, steps):
    for _ in range(steps):
        rod.advance(start, stop)
        rod.barrier.wait()


def split(length, parts):
    bounds = [length * part // parts for part in range(parts + 1)]
    yield from itertools.pairwise(bounds)


def main():
    cells = [0.0, 0.0, 64.0, 0.0, 0.0, 0.0]
    rod = Rod(cells, parts=3)
    threads = [threading.Thread(target=spread, args=(rod, start, stop, 2)) for start, stop in split(len(cells), 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return rod.steps, rod.now
