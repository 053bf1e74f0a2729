"""Looms weave a pattern in rounds: each thread writes its own column, and reads its neighbours' after a barrier."""

import threading


class Cloth:
    def __init__(self, looms):
        self.now = [loom % 2 for loom in range(looms)]
        self.next = [0] * looms

    def turn(self):
        self.now, self.next = self.next, [0] * len(self.now)


def weave(cloth, barrier, column, rounds):
    looms = len(cloth.now)
    for _ in range(rounds):
        left, right = cloth.now[column - 1], cloth.now[(column + 1) % looms]
        cloth.next[column] = (left + right + column) % 3
        barrier.wait()  # the last one turns the cloth


def main():
    looms, rounds = 3, 4
    cloth = Cloth(looms)
    barrier = threading.Barrier(looms, action=cloth.turn)
    threads = [threading.Thread(target=weave, args=(cloth, barrier, column, rounds)) for column in range(looms)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return cloth.now


if __name__ == "__main__":
    print(main())
