"""A consumer waits for an item with `if`; woken together, two consumers take one item."""

import threading


class Slot:
    def __init__(self):
        self.changed = threading.Condition()
        self.items = []
        self.empty_takes = 0

    def put(self, item):
        with self.changed:
            self.items.append(item)
            self.changed.notify_all()

    def take(self, taken):
        with self.changed:
            if not self.items:
                self.changed.wait(0.5)
            if self.items:
                taken.append(self.items.pop())
            else:
                self.empty_takes += 1


def main():
    slot = Slot()
    taken = []
    first = threading.Timer(0, slot.take, args=(taken,))
    second = threading.Timer(0.06, slot.take, args=(taken,))
    first.start()
    second.start()
    threading.Timer(0.03, slot.put, args=("x",)).start()
    threading.Timer(0.09, slot.put, args=("y",)).start()
    first.join()
    second.join()
    return sorted(taken), slot.empty_takes
