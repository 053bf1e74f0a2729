"""Prices are computed outside the lock and kept only if nobody published a revision meanwhile."""

import threading


class Catalogue:
    def __init__(self, prices):
        self._lock = threading.Lock()
        self._revision = 0
        self._prices = prices

    def read(self):
        with self._lock:
            return self._revision, self._prices

    def publish(self, revision, prices):
        with self._lock:
            if self._revision != revision:
                return False
            self._revision += 1
            self._prices = prices
            return True


def surcharge(prices, cents):
    return {name: price + cents for name, price in prices.items()}


def apply(catalogue, cents):
    done = False
    while not done:
        revision, prices = catalogue.read()
        done = catalogue.publish(revision, surcharge(prices, cents))


def main():
    catalogue = Catalogue({"tea": 200, "milk": 90})
    threads = [threading.Thread(target=apply, args=(catalogue, cents)) for cents in (5, 10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return catalogue.read()
