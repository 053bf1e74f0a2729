"""Baskets pour one into the other with `+=`; each is locked while its eggs are counted."""

import threading
import time


class Basket:
    def __init__(self, eggs):
        self.lock = threading.Lock()
        self.eggs = eggs

    def __iadd__(self, other):
        with self.lock:
            self.eggs += other.empty()
        return self

    def empty(self):
        with self.lock:
            eggs, self.eggs = self.eggs, 0
        return eggs


def pour(target, source, starts):
    time.sleep(starts)
    target += source


def main():
    brown, white = Basket(6), Basket(4)
    hands = [
        threading.Thread(target=pour, args=(brown, white, 0), daemon=True),
        threading.Thread(target=pour, args=(white, brown, 0.05), daemon=True),
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return brown.eggs + white.eggs
