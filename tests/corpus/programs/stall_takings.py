"""Stalls of a market, a process each, report what they have taken to a manager that keeps the day's sums."""

import time
from multiprocessing import get_context


class Stall:
    def __init__(self, name, sums, journal):
        self.name = name
        self.sums = sums
        self.journal = journal

    def sell(self, product, cents):
        self.sums[product] = self.sums.get(product, 0) + cents
        self.journal.append((self.name, product))


def run_stall(name, sums, journal, opens, sales):
    time.sleep(opens)
    stall = Stall(name, sums, journal)
    for product, cents in sales:
        stall.sell(product, cents)


def main():
    context = get_context("fork")
    with context.Manager() as manager:
        sums, journal = manager.dict(), manager.list()
        stalls = [
            context.Process(target=run_stall, args=("gate", sums, journal, 0, [("apples", 300), ("plums", 250)])),
            context.Process(target=run_stall, args=("well", sums, journal, 0.05, [("apples", 120)])),
        ]
        for stall in stalls:
            stall.start()
        for stall in stalls:
            stall.join()
        return sorted(sums.items()), sorted(journal)


if __name__ == "__main__":
    print(main())
