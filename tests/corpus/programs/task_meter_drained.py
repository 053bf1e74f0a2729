"""Task times are counted into a histogram; a reporter sends what was counted since its last report."""

import threading
import time
from bisect import bisect_left


class Histogram:
    def __init__(self, *edges):
        self._edges = edges
        self._guard = threading.Lock()
        self._counts = [0] * (len(edges) + 1)

    def observe(self, value):
        with self._guard:
            self._counts[bisect_left(self._edges, value)] += 1

    def drain(self):
        with self._guard:
            counts, self._counts = self._counts, [0] * len(self._counts)
        return counts


class Reporter:
    def __init__(self, histogram):
        self.histogram = histogram
        self.sent = []

    def report(self):
        self.sent.append(self.histogram.drain())

    def run(self, pauses):
        for pause in pauses:
            time.sleep(pause)
            self.report()


def operator(histogram, durations):
    for duration in durations:
        histogram.observe(duration)


def main():
    times = Histogram(0.1, 1, 10)
    reporter = Reporter(times)
    threads = [
        threading.Thread(target=operator, args=(times, (0.05, 0.5, 30))),
        threading.Thread(target=reporter.run, args=((0.02, 0.005),)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    reporter.report()
    return [sum(column) for column in zip(*reporter.sent)]
