"""Downloads share slots; a slot is found by looking at who is busy."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Slots:
    def __init__(self, count):
        self.busy = [False] * count
        self.semaphore = threading.Semaphore(count)

    def claim(self):
        self.semaphore.acquire()
        for number, busy in enumerate(self.busy):
            if not busy:
                self.busy[number] = True
                return number
        raise RuntimeError("no slot")

    def give_back(self, number):
        self.busy[number] = False
        self.semaphore.release()


def download(slots, names, at, name):
    time.sleep(at)
    slot = slots.claim()
    path = f"part-{slot}"
    names[path] = name
    time.sleep(0.002)
    mine = names[path] == name
    slots.give_back(slot)
    return mine


def main():
    slots, names = Slots(2), {}
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda job: download(slots, names, *job), [(0, "a"), (0.04, "b")]))
