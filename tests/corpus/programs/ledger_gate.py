"""Transfers lock their two accounts in the order of the transfer, but only one transfer at a time gets that far."""

import threading


class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance
        self.lock = threading.Lock()

    def statement(self):
        with self.lock:
            return f"{self.owner}: {self.balance}"


class Bank:
    def __init__(self, **balances):
        self._gate = threading.Lock()
        self.accounts = {owner: Account(owner, balance) for owner, balance in balances.items()}

    def transfer(self, source, target, amount):
        giver, taker = self.accounts[source], self.accounts[target]
        with self._gate:
            with giver.lock:
                if giver.balance < amount:
                    return False
                with taker.lock:
                    giver.balance -= amount
                    taker.balance += amount
                    return True


def main():
    bank = Bank(ann=50, bob=50)
    threads = [
        threading.Thread(target=bank.transfer, args=("ann", "bob", 20)),
        threading.Thread(target=bank.transfer, args=("bob", "ann", 5)),
        threading.Thread(target=bank.accounts["bob"].statement),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [account.statement() for account in bank.accounts.values()]
