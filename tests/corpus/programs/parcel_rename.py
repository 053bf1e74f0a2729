"""Parcels wait as files in a folder; a sorting process makes one its own by renaming it, and passes over lost ones."""

import multiprocessing
import os
import tempfile
from pathlib import Path


def claim(folder, name):
    """The parcel's path, when it is ours; None when another took it first."""
    mine = folder / f"{name}.{os.getpid()}"
    try:
        os.rename(folder / name, mine)
    except FileNotFoundError:
        return None
    return mine


def sorter(folder, belt):
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".parcel"):
            continue
        mine = claim(folder, name)
        if mine is not None:
            (belt / name).write_text(mine.read_text().upper(), encoding="utf-8")
            mine.unlink()


def main():
    context = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as top:
        folder, belt = Path(top, "in"), Path(top, "belt")
        folder.mkdir()
        belt.mkdir()
        for number, town in enumerate(("ulm", "bonn", "jena")):
            (folder / f"{number}.parcel").write_text(town, encoding="utf-8")
        sorters = [context.Process(target=sorter, args=(folder, belt)) for _ in range(2)]
        for each in sorters:
            each.start()
        for each in sorters:
            each.join()
        return sorted(path.read_text() for path in belt.iterdir()), os.listdir(folder), [p.exitcode for p in sorters]
