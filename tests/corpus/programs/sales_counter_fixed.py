"""A till counts what it sells in a closure; every so often what was counted goes into the books and the count starts again."""

import threading
import time


def till(lock):
    sold = 0

    def sell(cents):
        nonlocal sold
        with lock:
            sold += cents

    def close(books):
        nonlocal sold
        with lock:
            taken, sold = sold, 0
        if taken > 0:
            books.append(taken)

    return sell, close


def clerk(sell, amounts, begins):
    time.sleep(begins)
    for cents in amounts:
        sell(cents)


def main():
    books = []
    sell, close = till(threading.Lock())
    workers = [
        threading.Thread(target=clerk, args=(sell, (100, 250), 0)),
        threading.Timer(0.03, close, args=(books,)),
        threading.Thread(target=clerk, args=(sell, (75,), 0.06)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    close(books)
    return sum(books)
