"""Words of a book are counted by processes, each writes its part to a file of its own; the parent adds them up as they are announced."""

import json
import multiprocessing
import os
import tempfile
from collections import Counter
from pathlib import Path

PAGES = ["the cat and the hat", "a hat and a cat and a bat", "the bat"]


class PartWriter:
    def __init__(self, folder, number):
        self.target = Path(folder) / f"part-{number}.json"

    def write(self, counts):
        draft = self.target.with_suffix(f".{os.getpid()}.tmp")
        draft.write_text(json.dumps(counts))
        draft.replace(self.target)
        return self.target.name


def count(folder, number, page, announced):
    announced.put(PartWriter(folder, number).write(Counter(page.split())))


def main():
    context = multiprocessing.get_context("fork")
    announced = context.SimpleQueue()
    total = Counter()
    with tempfile.TemporaryDirectory() as folder:
        workers = [context.Process(target=count, args=(folder, number, page, announced)) for number, page in enumerate(PAGES)]
        for worker in workers:
            worker.start()
        for _ in workers:
            total.update(json.loads((Path(folder) / announced.get()).read_text()))
        for worker in workers:
            worker.join()
        left = sorted(path.name for path in Path(folder).iterdir())
    return sorted(total.items()), left


if __name__ == "__main__":
    print(main())
