"""The totals of a warehouse are summed up without the lock held, and again if the stock has changed meanwhile."""

import threading


class Warehouse:
    def __init__(self, stock):
        self._lock = threading.Lock()
        self._stock = dict(stock)
        self._edition = 0
        self._report = None

    def book(self, article, amount):
        with self._lock:
            self._stock[article] = self._stock.get(article, 0) + amount
            self._edition += 1
            self._report = None

    def report(self):
        """The total weight of what is there; summing up takes long, so that bookings must not wait for it."""
        while True:
            with self._lock:
                if self._report is not None:
                    return self._report
                edition, stock = self._edition, self._stock.copy()
            total = sum(weigh(article, amount) for article, amount in stock.items())
            with self._lock:
                if edition == self._edition:
                    self._report = total
                    return total


def weigh(article, amount):
    return {"bolt": 3, "plate": 250, "hinge": 40}[article] * amount


def deliver(warehouse, article, amounts):
    for amount in amounts:
        warehouse.book(article, amount)


def look(warehouse, seen):
    for _ in range(3):
        seen.append(warehouse.report())


def main():
    warehouse = Warehouse({"plate": 4})
    seen = []
    threads = [
        threading.Thread(target=deliver, args=(warehouse, "bolt", [100, 100])),
        threading.Thread(target=deliver, args=(warehouse, "hinge", [10, -2])),
        threading.Thread(target=look, args=(warehouse, seen)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return warehouse.report(), len(seen)
