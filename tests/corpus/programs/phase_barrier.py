"""Workers sum their rows, meet at a barrier, and only then read the sums of the others."""

import threading


class Grid:
    def __init__(self, rows):
        self.rows = rows
        self.sums = [0] * len(rows)
        self.shares = [0.0] * len(rows)
        self.barrier = threading.Barrier(len(rows))

    def work(self, index):
        self.sums[index] = sum(self.rows[index])
        self.barrier.wait()
        total = sum(self.sums)
        self.shares[index] = self.sums[index] / total


def main():
    grid = Grid([[1, 2], [3], [4, 6]])
    threads = [threading.Thread(target=grid.work, args=(index,)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return grid.sums, [round(share, 3) for share in grid.shares]
