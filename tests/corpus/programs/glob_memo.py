"""Threads translate the same patterns; whoever comes late stores an equal translation once more."""

import fnmatch
import re
import threading


class Pattern:
    _memo = {}

    def __init__(self, text):
        self.text = text

    @property
    def expression(self):
        expression = self._memo.get(self.text)
        if expression is None:
            expression = fnmatch.translate(self.text)
            self._memo[self.text] = expression
        return expression

    def matches(self, name):
        return re.match(self.expression, name) is not None


class Sweep:
    def __init__(self, names):
        self.names = names
        self.checked = 0
        self.kept = []
        self.finished = threading.Event()

    def run(self, patterns):
        for name in self.names:
            if any(pattern.matches(name) for pattern in patterns):
                self.kept.append(name)
            self.checked += 1
        self.finished.set()


def watch(sweeps, shown):
    while not all(sweep.finished.wait(0.002) for sweep in sweeps):
        shown.append(sum(sweep.checked for sweep in sweeps))


def main():
    Pattern._memo = {}
    patterns = [Pattern("*.py"), Pattern("read*")]
    sweeps, shown = [Sweep(["a.py", "b.txt"]), Sweep(["readme", "c.py", "d"])], []
    watcher = threading.Thread(target=watch, args=(sweeps, shown))
    workers = [threading.Thread(target=sweep.run, args=(patterns,)) for sweep in sweeps]
    for thread in [watcher, *workers]:
        thread.start()
    for thread in [watcher, *workers]:
        thread.join()
    return [(sweep.kept, sweep.checked) for sweep in sweeps], sorted(Pattern._memo), shown == sorted(shown)
