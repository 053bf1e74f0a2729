"""The hatch between a kitchen and its dining room has room for one plate. Cooks put plates there, waiters take them."""

import threading
from functools import partial


class Hatch:
    def __init__(self):
        self._moved = threading.Condition()
        self._plate = None

    def put(self, plate):
        with self._moved:
            while self._plate is not None:
                self._moved.wait()
            self._plate = plate
            self._moved.notify()

    def take(self):
        with self._moved:
            while self._plate is None:
                self._moved.wait()
            plate, self._plate = self._plate, None
            self._moved.notify()
        return plate


def main():
    hatch = Hatch()
    served = []

    def cook(dish):
        hatch.put(dish)

    def serve():
        served.append(hatch.take())

    staff = [threading.Thread(target=partial(cook, dish)) for dish in ("soup", "risotto")]
    staff += [threading.Thread(target=serve) for _ in range(2)]
    for member in staff:
        member.start()
    for member in staff:
        member.join()
    return sorted(served)


if __name__ == "__main__":
    print(main())
