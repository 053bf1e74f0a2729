"""Queries are widened with related words by a thread that sleeps until there is something to do."""

import threading
import time
from collections import deque

RELATED = {"car": ["auto", "vehicle"], "flat": ["apartment"], "bike": ["bicycle", "cycle"]}


class SearchExpander(threading.Thread):
    def __init__(self):
        super().__init__(name="search-expander", daemon=True)
        self._backlog = deque()
        self._wake = threading.Event()
        self._closing = False
        self.expanded = {}

    def enqueue(self, query):
        self._backlog.append(query)
        self._wake.set()

    def close(self):
        self._closing = True
        self._wake.set()
        self.join()

    def _dequeue(self):
        return self._backlog.popleft() if self._backlog else None

    def _expand(self, query):
        words = query.split()
        for word in tuple(words):
            words.extend(RELATED.get(word, ()))
        self.expanded[query] = " ".join(words)

    def run(self):
        closing = False
        while not closing:
            self._wake.wait()
            self._wake.clear()
            closing = self._closing
            while (query := self._dequeue()) is not None:
                self._expand(query)


def main():
    expander = SearchExpander()
    expander.start()
    for query in ("red car", "flat in town", "old bike"):
        expander.enqueue(query)
        time.sleep(0.02)
    expander.close()
    return expander.expanded
