"""A trading client counts what it sent in the current hour, under a lock of its own."""

import threading
from dataclasses import dataclass, field


@dataclass
class TransactionCount:
    limit: int = 100
    current: int = 0
    failed: int = 0
    warnings: list = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def _weight(self, orders):
        return sum(2 if order.get("replace") else 1 for order in orders)

    def add(self, orders, failed=0):
        weight = self._weight(orders)
        with self._lock:
            total = self.current + weight
            if total > self.limit:
                self.warnings.append(total)
            self.current = total
            self.failed += failed


class Strategy(threading.Thread):
    def __init__(self, name, counter, batches):
        super().__init__(name=name)
        self.counter = counter
        self.batches = batches

    def run(self):
        for batch in self.batches:
            self.counter.add(batch)


def main():
    counter = TransactionCount()
    plain = [{"id": n} for n in range(3)]
    moved = [{"id": n, "replace": True} for n in range(2)]
    strategies = [Strategy("back", counter, [plain, moved]), Strategy("lay", counter, [moved])]
    for strategy in strategies:
        strategy.start()
    for strategy in strategies:
        strategy.join()
    return counter.current, counter.failed, counter.warnings
