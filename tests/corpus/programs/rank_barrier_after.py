"""Workers sum their shards and meet the reducer at a barrier; the reducer then writes the total."""

import threading
import time


class Reduction:
    def __init__(self, shards):
        self.shards = shards
        self.barrier = threading.Barrier(len(shards) + 1)
        self.partial = [0] * len(shards)
        self.lines = []

    def rank(self, number):
        total = 0
        for value in self.shards[number]:
            total += value
        self.partial[number] = total
        self.barrier.wait()

    def reduce(self):
        self.barrier.wait()
        self.lines.append(self.header())
        self.lines.append(f"total {sum(self.partial)}")

    def header(self):
        time.sleep(0.05)
        return f"{len(self.shards)} shards"


def main():
    reduction = Reduction([[1, 2], [3, 4], [5]])
    threads = [threading.Thread(target=reduction.rank, args=(number,)) for number in range(3)]
    threads.append(threading.Thread(target=reduction.reduce))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return reduction.partial, reduction.lines
