"""Pickers walk through a warehouse with lists of bins; the bins of a list are closed to others while it is worked on."""

import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field


@dataclass
class Bin:
    label: str
    stock: int
    door: threading.Lock = field(default_factory=threading.Lock, repr=False)


@contextmanager
def closed_to_others(bins):
    with ExitStack() as stack:
        for bin_ in bins:
            stack.enter_context(bin_.door)
        yield bins


@dataclass
class Picker:
    floor: dict
    baskets: list = field(default_factory=list)

    def work(self, lists):
        for labels in lists:
            with closed_to_others([self.floor[label] for label in labels]) as bins:
                for bin_ in bins:
                    bin_.stock -= 1
                self.baskets.append("+".join(sorted(labels)))


def main():
    floor = {label: Bin(label, 10) for label in ("bolts", "nuts", "washers")}
    ann, bob = Picker(floor), Picker(floor)
    shifts = [
        threading.Thread(target=ann.work, args=([("bolts", "nuts"), ("washers",)],)),
        threading.Thread(target=bob.work, args=([("washers", "nuts"), ("nuts", "bolts")],)),
    ]
    for shift in shifts:
        shift.start()
    for shift in shifts:
        shift.join()
    return {label: bin_.stock for label, bin_ in floor.items()}, ann.baskets, bob.baskets


if __name__ == "__main__":
    print(main())
