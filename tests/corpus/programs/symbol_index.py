"""The first search computes what ranking needs, under a lock; later ones see that it is there and do not ask for the lock."""

import threading
import time


class SymbolIndex:
    def __init__(self, symbols):
        self.symbols = symbols
        self._cache = {}
        self._lock = threading.Lock()

    def _compute_idf(self):
        return {name: 1 / (1 + len(uses)) for name, uses in self.symbols.items()}

    def _compute_centrality(self):
        return {name: len(uses) for name, uses in self.symbols.items()}

    def _ranking(self):
        if "idf" not in self._cache:
            with self._lock:
                if "idf" not in self._cache:
                    self._cache["idf"] = self._compute_idf()
                    self._cache["centrality"] = self._compute_centrality()
        return self._cache

    def search(self, prefix):
        ranking = self._ranking()
        found = [name for name in self.symbols if name.startswith(prefix)]
        return sorted(found, key=lambda name: (-ranking["centrality"][name], ranking["idf"][name], name))


def ask(index, prefix, begins, answers):
    time.sleep(begins)
    answers[prefix] = index.search(prefix)


def main():
    index = SymbolIndex({"read": ["main"], "reader": ["main", "tail"], "write": []})
    answers = {}
    threads = [threading.Thread(target=ask, args=(index, *query, answers)) for query in (("re", 0), ("w", 0.03))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(answers.items()), sorted(index._cache)
