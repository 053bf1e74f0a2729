"""The lock that guards the balance is itself made on first use, by two threads at once two locks."""

import threading


class Wallet:
    def __init__(self):
        self._guard = None
        self.balance = 0

    def guard(self):
        if self._guard is None:
            self._guard = threading.Lock()
        return self._guard

    def deposit(self, amount):
        with self.guard():
            balance = self.balance
            balance += amount
            self.balance = balance


def main():
    wallet = Wallet()
    threads = [threading.Thread(target=wallet.deposit, args=(amount,)) for amount in (10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wallet.balance
