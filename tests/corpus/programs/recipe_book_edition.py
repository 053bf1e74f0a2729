"""Cooks edit recipes: who puts back a recipe that another changed in the meantime starts anew from the new edition."""

import threading
import time


class Book:
    def __init__(self, **recipes):
        self._mutex = threading.Lock()
        self._recipes = {name: (1, tuple(steps)) for name, steps in recipes.items()}

    def read(self, name):
        return self._recipes[name]

    def replace(self, name, edition, steps):
        with self._mutex:
            if self._recipes[name][0] != edition:
                return False
            self._recipes[name] = (edition + 1, steps)
            return True


def cook(book, step, starts):
    time.sleep(starts)
    while True:
        edition, steps = book.read("soup")
        if book.replace("soup", edition, (*steps, step)):
            return


def main():
    book = Book(soup=["water"])
    cooks = [threading.Thread(target=cook, args=(book, step, starts)) for step, starts in (("salt", 0), ("leek", 0.05))]
    for each in cooks:
        each.start()
    for each in cooks:
        each.join()
    return sorted(book.read("soup")[1])
