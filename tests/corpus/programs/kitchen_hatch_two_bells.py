"""The hatch between a kitchen and its dining room has room for one plate. Cooks put plates there, waiters take them."""

import threading
from functools import partial


class Hatch:
    def __init__(self):
        door = threading.Lock()
        self._filled = threading.Condition(door)
        self._emptied = threading.Condition(door)
        self._plate = None

    def put(self, plate):
        with self._emptied:
            while self._plate is not None:
                self._emptied.wait()
            self._plate = plate
            self._filled.notify()

    def take(self):
        with self._filled:
            while self._plate is None:
                self._filled.wait()
            plate, self._plate = self._plate, None
            self._emptied.notify()
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
