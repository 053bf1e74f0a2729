"""Contracts on methods: a precondition is not checked again while it is being checked (its own calls would never end)."""
import functools
import threading
import time

_local = threading.local()


def _checks():
    try:
        return _local.running
    except AttributeError:
        _local.running = set()
        return _local.running


class Broken(Exception):
    pass


def require(condition):
    def wrap(method):
        @functools.wraps(method)
        def checked(self, *args):
            checking = _checks()
            if method.__qualname__ not in checking:
                checking.add(method.__qualname__)
                try:
                    if not condition(self, *args):
                        raise Broken(method.__name__)
                finally:
                    checking.discard(method.__qualname__)
            return method(self, *args)

        return checked

    return wrap


def covered(account, amount):
    return account.limit() >= amount


class Account:
    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance

    def limit(self):
        time.sleep(0.001)  # asks the bank's computer
        return self.balance

    @require(covered)
    def withdraw(self, amount):
        self.balance -= amount


def teller(account, amounts, refused, begin):
    time.sleep(begin)
    for amount in amounts:
        try:
            account.withdraw(amount)
        except Broken:
            refused.append((account.owner, amount))


def main():
    ann, bob, refused = Account("ann", 50), Account("bob", 10), []
    tellers = [
        threading.Thread(target=teller, args=(ann, (20, 20), refused, 0)),
        threading.Thread(target=teller, args=(bob, (70, 5), refused, 0.02)),
    ]
    for each in tellers:
        each.start()
    for each in tellers:
        each.join()
    return ann.balance, bob.balance, sorted(refused)
