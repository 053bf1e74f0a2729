"""Cooks edit recipes: a recipe is taken out of the book, and put back when its cook is through. The book is locked at both."""

import threading
import time
from contextlib import contextmanager


class Book:
    def __init__(self, **recipes):
        self._mutex = threading.Lock()
        self._recipes = recipes

    @contextmanager
    def edit(self, name):
        with self._mutex:
            draft = list(self._recipes[name])
        yield draft
        with self._mutex:
            self._recipes[name] = draft

    def read(self, name):
        with self._mutex:
            return tuple(self._recipes[name])


def cook(book, step, starts):
    time.sleep(starts)
    with book.edit("soup") as draft:
        draft.append(step)


def main():
    book = Book(soup=["water"])
    cooks = [threading.Thread(target=cook, args=(book, step, starts)) for step, starts in (("salt", 0), ("leek", 0.05))]
    for each in cooks:
        each.start()
    for each in cooks:
        each.join()
    return sorted(book.read("soup"))
