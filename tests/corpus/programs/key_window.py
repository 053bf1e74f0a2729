"""Requests are counted by the key of who makes them; a window's end reports the counts and sets them back."""

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import RLock


class Window:
    counts: dict[str, int]

    def __init__(self):
        self.counts = defaultdict(int)
        self.guard = RLock()

    def __call__(self, key):
        with self.guard:
            self.counts[key] = self.counts[key] + 1

    def end(self, report):
        for key in sorted(self.counts):
            if self.counts[key]:
                report.append((key, self.counts[key]))
                self.counts[key] = 0


def traffic(window, keys, begins):
    time.sleep(begins)
    for key in keys:
        window(key)


def main():
    window, report = Window(), []
    with ThreadPoolExecutor(3) as pool:
        pool.submit(traffic, window, ["ann", "bob", "ann"], 0)
        pool.submit(lambda: (time.sleep(0.04), window.end(report)))
        pool.submit(traffic, window, ["ann"], 0.08)
    window.end(report)
    return sum(count for _, count in report)
