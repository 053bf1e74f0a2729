"""Scanners add to sums under a lock and append a line each; the lines stand in whatever order they came."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor


class Journal:
    def __init__(self):
        self.lines = []
        self._sums = Counter()
        self._lock = threading.Lock()

    def add(self, words):
        counted = Counter(words)
        with self._lock:
            self._sums.update(counted)

    def note(self, line):
        self.lines.append(line)

    def sums(self):
        with self._lock:
            return sorted(self._sums.items())


def scan(journal, page):
    words = page.split()
    journal.add(words)
    journal.note(f"{page[:4]}...: {len(words)}")


def main():
    journal = Journal()
    pages = ("tree leaf tree", "leaf root", "root tree root")
    with ThreadPoolExecutor(max_workers=3) as executor:
        for future in [executor.submit(scan, journal, page) for page in pages]:
            future.result()
    return journal.lines, journal.sums()
