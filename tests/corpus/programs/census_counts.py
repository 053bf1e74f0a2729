"""Counters of a bird census tally their own sheets, each into a file of its own; the warden adds them up at the end."""

import json
import multiprocessing
import os
import tempfile
from collections import Counter
from pathlib import Path

SHEETS = {
    "marsh": "heron heron teal snipe teal heron",
    "wood": "jay owl jay wren",
    "shore": "teal gull gull heron",
}


def save(path, counts):
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.write_text(json.dumps(counts))
    os.replace(draft, path)


def count(place, folder):
    path = Path(folder, f"{place}.json")
    for bird in SHEETS[place].split():
        counts = Counter(json.loads(path.read_text())) if path.exists() else Counter()
        counts[bird] += 1
        save(path, counts)


def add_up(folder):
    total = Counter()
    for path in sorted(Path(folder).glob("*.json")):
        total.update(json.loads(path.read_text()))
    return total


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as folder:
        counters = [context.Process(target=count, args=(place, folder)) for place in SHEETS]
        for counter in counters:
            counter.start()
        for counter in counters:
            counter.join()
        total = add_up(folder)
    return total.most_common(2), sum(total.values())


if __name__ == "__main__":
    common, birds = main()
    print(common, birds)
