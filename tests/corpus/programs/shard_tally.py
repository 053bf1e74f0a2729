"""Processes count the words of their shard; the parent merges the counts it takes from a queue."""

import multiprocessing
from collections import Counter
from dataclasses import dataclass


@dataclass
class Shard:
    number: int
    lines: list

    def count(self):
        words = Counter()
        for line in self.lines:
            words.update(line.split())
        return words


class Progress:
    def __init__(self, context):
        self.lines = context.Value("i", 0)

    def add(self, count):
        with self.lines.get_lock():
            self.lines.value += count


def work(shards, results, progress):
    while (shard := shards.get()) is not None:
        results.put((shard.number, shard.count()))
        progress.add(len(shard.lines))


def main():
    context = multiprocessing.get_context("fork")
    shards, results, progress = context.Queue(), context.Queue(), Progress(context)
    texts = [["tea milk", "tea"], ["milk milk"], ["sugar tea"]]
    workers = [context.Process(target=work, args=(shards, results, progress)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for number, lines in enumerate(texts):
        shards.put(Shard(number, lines))
    for _ in workers:
        shards.put(None)
    counts = dict(results.get() for _ in texts)
    for worker in workers:
        worker.join()
    return sorted(sum(counts.values(), Counter()).items()), sorted(counts), progress.lines.value
