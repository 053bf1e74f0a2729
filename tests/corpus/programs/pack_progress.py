"""Packers work through their orders; a display at the door reads how far they are, without locks, until it is told to stop."""

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Packer:
    orders: list
    packed: int = 0
    parcels: list = field(default_factory=list)

    def work(self):
        for order in self.orders:
            self.parcels.append(f"parcel of {order}")
            self.packed += 1


class Display(threading.Thread):
    def __init__(self, packers):
        super().__init__()
        self.packers = packers
        self.on = True
        self.shown = 0
        self.went_back = False

    def run(self):
        while self.on:
            packed = [packer.packed for packer in self.packers]
            self.went_back |= sum(packed) < self.shown
            self.shown = sum(packed)
            time.sleep(0.001)


def main():
    packers = [Packer([f"{name}{number}" for number in range(40)]) for name in "abc"]
    display = Display(packers)
    display.start()
    threads = [threading.Thread(target=packer.work) for packer in packers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    display.on = False
    display.join()
    return sum(packer.packed for packer in packers), display.went_back, sorted(len(packer.parcels) for packer in packers)


if __name__ == "__main__":
    print(main())
