"""Seats are swapped under the locks of both rows, taken in either order; who does not get the second lets go of the first."""

import threading
import time


class Row:
    def __init__(self, *seats):
        self.seats = list(seats)
        self.lock = threading.Lock()


def swap(one, other, place):
    pause = 0.001 * (place + 1)
    while True:
        with one.lock:
            if other.lock.acquire(timeout=0.01):
                try:
                    one.seats[place], other.seats[place] = other.seats[place], one.seats[place]
                    return
                finally:
                    other.lock.release()
        time.sleep(pause)
        pause *= 2


def main():
    front, back = Row("a", "b"), Row("c", "d")
    ushers = [
        threading.Thread(target=swap, args=(front, back, 0)),
        threading.Thread(target=swap, args=(back, front, 1)),
    ]
    for usher in ushers:
        usher.start()
    for usher in ushers:
        usher.join()
    return front.seats, back.seats
