"""Threads draw numbers from one counter without a lock; each draw is one call into C."""

import itertools
import threading
import time


class Desk:
    numbers = itertools.count(1)

    def __init__(self, name):
        self.name = name
        self.served = []

    def serve(self, guests):
        for _ in range(guests):
            self.served.append(next(self.numbers))
            time.sleep(0.001)


def main():
    Desk.numbers = itertools.count(1)
    desks = [Desk(name) for name in ("east", "west")]
    threads = [threading.Thread(target=desk.serve, args=(4,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(number for desk in desks for number in desk.served)
