"""The lock is made with the wallet."""

import threading


class Wallet:
    def __init__(self):
        self._guard = threading.Lock()
        self.balance = 0

    def guard(self):
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
