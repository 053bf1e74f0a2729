"""Readings of meters are summed up by processes; each returns its part, and the parent adds the parts."""

import multiprocessing
from collections import Counter

READINGS = [("hall", 3), ("attic", 1), ("hall", 2), ("cellar", 5), ("attic", 4), ("cellar", 1)]


def sum_up(part):
    totals = Counter()
    for room, units in part:
        totals[room] += units
    return totals


def parts(readings, size):
    for start in range(0, len(readings), size):
        yield readings[start : start + size]


def main():
    totals = Counter()
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for part in pool.imap_unordered(sum_up, parts(READINGS, 2)):
            totals.update(part)
        pool.close()
        pool.join()
    return sorted(totals.items())


if __name__ == "__main__":
    assert main() == [("attic", 5), ("cellar", 6), ("hall", 5)]
