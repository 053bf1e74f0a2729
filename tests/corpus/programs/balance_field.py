"""A descriptor reads and writes a field of an account under the account's lock."""

import threading
import time


class Locked:
    def __set_name__(self, owner, name):
        self._slot = f"_{name}"

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        with instance.lock:
            return getattr(instance, self._slot)

    def __set__(self, instance, value):
        with instance.lock:
            setattr(instance, self._slot, value)


class Account:
    balance = Locked()

    def __init__(self, balance):
        self.lock = threading.RLock()
        self.balance = balance


class SavingsAccount(Account):
    fee = 1

    def book(self, amount):
        self.balance = self.balance + amount - self.fee


def post(account, amounts, begins):
    time.sleep(begins)
    for amount in amounts:
        account.book(amount)


def main():
    account = SavingsAccount(100)
    clerks = [threading.Thread(target=post, args=(account, *day)) for day in (([10, 20], 0), ([-5], 0.1))]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    return account.balance
