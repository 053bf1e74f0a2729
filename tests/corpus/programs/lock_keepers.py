"""Boats pass a canal lock in groups: a keeper opens it when enough boats wait, or when the day ends."""

import threading
import time


class CanalLock:
    def __init__(self, size):
        self.size = size
        self.closing = False
        self._waiting = []
        self._changed = threading.Condition()
        self.passed = []

    def arrive(self, boat):
        with self._changed:
            self._waiting.append(boat)
            self._changed.notify()

    def keep(self):
        while True:
            with self._changed:
                while len(self._waiting) < self.size and not self.closing:
                    self._changed.wait()
                group, self._waiting = self._waiting[: self.size], self._waiting[self.size :]
                last = self.closing and not self._waiting
            for boat in group:
                self.passed.append(boat)
            if last:
                return

    def end_day(self):
        with self._changed:
            self.closing = True
            self._changed.notify()


def sail(lock, boats, pause):
    for boat in boats:
        time.sleep(pause)
        lock.arrive(boat)


def main():
    lock = CanalLock(2)
    keeper = threading.Thread(target=lock.keep)
    keeper.start()
    sailors = [
        threading.Thread(target=sail, args=(lock, boats, pause))
        for boats, pause in ((["Ada", "Bea"], 0.01), (["Cleo", "Dot", "Eva"], 0.015))
    ]
    for sailor in sailors:
        sailor.start()
    for sailor in sailors:
        sailor.join()
    lock.end_day()
    keeper.join()
    return sorted(lock.passed)


if __name__ == "__main__":
    print(main())
