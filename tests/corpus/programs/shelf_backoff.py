"""Robots of a warehouse swap boxes between shelves; a robot that cannot get both shelves lets go and tries again."""

import contextlib
import random
import threading
import time


class Shelf:
    def __init__(self, name, *boxes):
        self.name = name
        self.boxes = list(boxes)
        self.lock = threading.Lock()


@contextlib.contextmanager
def both(first, second, patience):
    """Holds the locks of both shelves; never waits for the second while it holds the first."""
    while True:
        with first.lock:
            if second.lock.acquire(blocking=False):
                try:
                    yield
                finally:
                    second.lock.release()
                return
        time.sleep(patience.uniform(0.0005, 0.002))
        first, second = second, first


class Robot(threading.Thread):
    def __init__(self, number, trips):
        super().__init__(name=f"robot {number}")
        self._trips = trips
        self._patience = random.Random(number)
        self.moved = []

    def _move(self, source, target):
        with both(source, target, self._patience):
            box = source.boxes.pop(0)
            target.boxes.append(box)
            self.moved.append(box)

    def run(self):
        for source, target in self._trips:
            self._move(source, target)


def main():
    north, south = Shelf("north", "n1", "n2", "n3"), Shelf("south", "s1", "s2", "s3")
    robots = [Robot(1, [(north, south), (south, north)]), Robot(2, [(south, north), (north, south)])]
    for robot in robots:
        robot.start()
    for robot in robots:
        robot.join()
    return len(north.boxes), len(south.boxes), sorted(north.boxes + south.boxes), [len(robot.moved) for robot in robots]
