"""Every reporter has a lock of its own, but what they add to is shared by all of them."""

import threading
from collections import defaultdict

totals = defaultdict(float)


class Reporter:
    def __init__(self, name):
        self.name = name
        self._lock = threading.Lock()

    def _scale(self, value, unit):
        return value / {"ms": 1000, "s": 1}[unit]

    def timing(self, key, value, unit="ms"):
        with self._lock:
            totals[key] = totals[key] + self._scale(value, unit)


def report(reporter, timings):
    for key, value in timings:
        reporter.timing(key, value)


def main():
    totals.clear()
    work = {
        "web": [("db", 500), ("render", 250)],
        "jobs": [("db", 1500)],
    }
    threads = [threading.Thread(target=report, args=(Reporter(name), timings)) for name, timings in work.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(totals.items())
