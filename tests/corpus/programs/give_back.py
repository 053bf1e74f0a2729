"""Locks are taken in both orders, but who does not get the second gives the first back and tries again."""

import threading


class Table:
    def __init__(self):
        self.rows = {"left": [1, 2], "right": [3]}
        self.locks = {"left": threading.Lock(), "right": threading.Lock()}
        self.moves = 0

    def move(self, source, target):
        while True:
            with self.locks[source]:
                if not self.locks[target].acquire(blocking=False):
                    continue
                try:
                    if self.rows[source]:
                        self.rows[target].append(self.rows[source].pop())
                    self.moves += 1
                    return
                finally:
                    self.locks[target].release()


def main():
    table = Table()
    there = threading.Thread(target=table.move, args=("left", "right"))
    back = threading.Thread(target=table.move, args=("right", "left"))
    there.start()
    back.start()
    there.join()
    back.join()
    return table.moves, sum(len(row) for row in table.rows.values())
