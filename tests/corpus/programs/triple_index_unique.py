"""Worker processes build the same index of triples and each renames a file of its own into place."""

import multiprocessing
import os
import pickle
import tempfile
import time
from pathlib import Path


class Dataset:
    def __init__(self, folder, triples):
        self.folder = Path(folder)
        self.triples = triples

    def index(self, name):
        path = self.folder / f"index-{name}.pckl"
        if path.exists():
            return pickle.loads(path.read_bytes())
        index = {}
        for subject, relation, target in self.triples:
            index.setdefault((subject, relation), []).append(target)
        self._dump(index, path)
        return index

    def _dump(self, index, path):
        handle, temporary = tempfile.mkstemp(dir=self.folder)
        with open(handle, "wb") as file:
            pickle.dump(index, file)
        os.replace(temporary, path)


def train(dataset, after, results):
    time.sleep(after)
    try:
        results.put(len(dataset.index("train_sp_to_o")))
    except OSError as error:
        results.put(type(error).__name__)


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        dataset = Dataset(folder, [(1, 0, 2), (1, 0, 3), (2, 1, 3)])
        results = context.Queue()
        workers = [context.Process(target=train, args=(dataset, after, results)) for after in (0, 0.12)]
        for worker in workers:
            worker.start()
        counts = [results.get() for _ in workers]
        for worker in workers:
            worker.join()
        return counts, sorted(os.listdir(folder))
