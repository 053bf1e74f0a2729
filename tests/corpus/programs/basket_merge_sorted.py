"""Baskets pour one into the other with `+=`; both are locked first, always in the order of their numbers."""

import itertools
import threading
import time
from contextlib import ExitStack

numbers = itertools.count()


class Basket:
    def __init__(self, eggs):
        self.number = next(numbers)
        self.lock = threading.Lock()
        self.eggs = eggs

    def __iadd__(self, other):
        with ExitStack() as stack:
            for basket in sorted((self, other), key=lambda each: each.number):
                stack.enter_context(basket.lock)
            self.eggs += other.eggs
            other.eggs = 0
        return self


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
