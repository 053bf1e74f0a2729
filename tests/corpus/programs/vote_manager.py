"""Polling stations, each a process, count into the dictionary of a manager."""

import multiprocessing
import time
from collections import Counter


def tally(ballots):
    time.sleep(0.001)
    return Counter(ballots)


def station(votes, boxes, opens):
    time.sleep(opens)
    for box in boxes:
        for name, count in tally(box).items():
            votes[name] = votes.get(name, 0) + count


def main():
    context = multiprocessing.get_context("fork")
    with context.Manager() as manager:
        votes = manager.dict()
        boxes = [(["aab", "b"], 0), (["abb"], 0.15)]
        stations = [context.Process(target=station, args=(votes, *box)) for box in boxes]
        for process in stations:
            process.start()
        for process in stations:
            process.join()
        return sorted(votes.items())
