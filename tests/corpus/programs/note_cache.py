"""Statistics of translation files are kept in a pickle beside them, so that the next run of the tool need not count again."""

import multiprocessing
import pickle
import tempfile
import time
from pathlib import Path

FILES = ("library.po", "tutorial.po", "glossary.po")


class Cache:
    def __init__(self, path):
        self.path = Path(path)

    def load(self):
        if not self.path.exists():
            return {}
        with self.path.open("rb") as file:
            return pickle.load(file)

    def save(self, counts):
        with self.path.open("wb") as file:
            file.write(pickle.dumps(counts))


def count(name):
    return len(name)


def run_tool(path, comes):
    time.sleep(comes)
    cache = Cache(path)
    counts = cache.load()
    missing = [name for name in FILES if name not in counts]
    if missing:
        counts.update((name, count(name)) for name in missing)
        cache.save(counts)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cache.pickle"
        context = multiprocessing.get_context("fork")
        runs = [context.Process(target=run_tool, args=(path, comes)) for comes in (0, 0.15)]
        for each in runs:
            each.start()
        for each in runs:
            each.join()
        return [each.exitcode for each in runs], sorted(Cache(path).load())
