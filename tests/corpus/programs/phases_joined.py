"""Two threads nest two locks in opposite orders, but the second is started after the first was joined."""

import threading


class Catalog:
    def __init__(self):
        self.names_lock = threading.Lock()
        self.prices_lock = threading.Lock()
        self.names = {}
        self.prices = {}

    def load(self):
        with self.names_lock:
            for number in range(3):
                self.names[number] = f"item {number}"
                with self.prices_lock:
                    self.prices[number] = 10 * number

    def prune(self):
        with self.prices_lock:
            cheap = [number for number, price in self.prices.items() if price == 0]
            with self.names_lock:
                for number in cheap:
                    del self.names[number]


def main():
    catalog = Catalog()
    loading = threading.Thread(target=catalog.load)
    loading.start()
    loading.join()
    pruning = threading.Thread(target=catalog.prune)
    pruning.start()
    pruning.join()
    return catalog.names, catalog.prices
