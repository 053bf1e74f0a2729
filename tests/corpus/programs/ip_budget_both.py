"""Taking from an address's budget and giving back are under the same lock."""

import threading
from concurrent.futures import ThreadPoolExecutor, wait


class Budget:
    CAPACITY = 10

    def __init__(self):
        self._lock = threading.Lock()
        self._left = {}

    def _cap(self, value):
        return min(value, self.CAPACITY)

    def take(self, address, cost):
        with self._lock:
            left = self._left.get(address, self.CAPACITY)
            if left < cost:
                return False
            self._left[address] = left - cost
            return True

    def refund(self, address, cost):
        with self._lock:
            left = self._left.get(address, self.CAPACITY)
            self._left[address] = self._cap(left + cost)

    def left(self, address):
        with self._lock:
            return self._left.get(address, self.CAPACITY)


def post(budget, address, text):
    if not budget.take(address, 2):
        return "limited"
    if not text.strip():
        budget.refund(address, 2)
        return "empty"
    return "posted"


def main():
    budget = Budget()
    with ThreadPoolExecutor(max_workers=3) as pool:
        calls = [pool.submit(post, budget, "10.0.0.7", text) for text in ("hello", "  ", "again")]
        wait(calls)
    return [call.result() for call in calls], budget.left("10.0.0.7")
