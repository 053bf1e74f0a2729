"""Simulations keep what they have solved as files, and drop the oldest when there are too many.

After https://github.com/nengo/nengo/issues/557
"""

import multiprocessing
import tempfile
import time
from pathlib import Path


class DecoderCache:
    def __init__(self, folder, limit):
        self.folder, self.limit = Path(folder), limit

    def wrap_solver(self, key):
        path = self.folder / f"{key}.npy"
        if path.exists():
            return path.read_text()
        decoders = f"decoders of {key}"
        path.write_text(decoders)
        return decoders

    def size(self):
        return sum(path.stat().st_size for path in self.folder.iterdir())

    def shrink(self):
        files = sorted(self.folder.iterdir(), key=lambda path: path.name)
        excess = len(files) - self.limit
        for path in files[: max(0, excess)]:
            path.unlink()


def simulate(folder, after, results):
    time.sleep(after)
    try:
        DecoderCache(folder, limit=2).shrink()
        results.put("ran")
    except OSError as error:
        results.put(type(error).__name__)


def main():
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    with tempfile.TemporaryDirectory() as folder:
        cache = DecoderCache(folder, limit=2)
        for ensemble in ("a", "b", "c", "d"):
            cache.wrap_solver(ensemble)
        models = [context.Process(target=simulate, args=(folder, after, results)) for after in (0.0, 0.15)]
        for model in models:
            model.start()
        for model in models:
            model.join()
        outcomes = sorted(results.get() for _ in models)
        return outcomes, cache.size()


if __name__ == "__main__":
    assert main()[0] == ["ran", "ran"]
