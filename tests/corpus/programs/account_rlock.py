"""Methods of an account call one another under one reentrant lock, put on by a decorator."""

import functools
import threading


def synchronized(method):
    @functools.wraps(method)
    def wrapper(self, *args):
        with self._mutex:
            return method(self, *args)

    return wrapper


class Account:
    def __init__(self, cents):
        self._mutex = threading.RLock()
        self._cents = cents
        self._entries = []

    @synchronized
    def balance(self):
        return self._cents

    @synchronized
    def _enter(self, kind, cents):
        self._cents = self.balance() + cents
        self._entries.append(kind)

    @synchronized
    def deposit(self, cents):
        self._enter("in", cents)

    @synchronized
    def withdraw(self, cents):
        if self.balance() >= cents:
            self._enter("out", -cents)
            return True
        return False


def main():
    account = Account(100)
    outcomes = []
    people = [
        threading.Thread(target=account.deposit, args=(50,)),
        threading.Thread(target=lambda: outcomes.append(account.withdraw(30))),
        threading.Thread(target=lambda: outcomes.append(account.withdraw(60))),
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return account.balance(), outcomes, sorted(account._entries)
