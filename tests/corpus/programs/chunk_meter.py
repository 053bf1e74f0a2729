"""A decorator adds up what the calls of a function cost, for functions that a pool runs."""

import functools
import time
from concurrent.futures import ThreadPoolExecutor


def metered(function):
    spent = 0

    @functools.wraps(function)
    def call(chunk):
        nonlocal spent
        spent = spent + function(chunk)
        return len(chunk)

    call.spent = lambda: spent
    return call


@metered
def summarise(chunk):
    time.sleep(0.001)
    return sum(map(len, chunk.split()))


def main():
    before = summarise.spent()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(summarise, "it was the best of times")
        time.sleep(0.1)
        second = pool.submit(summarise, "it was the worst of times")
        sizes = first.result(), second.result()
    return sizes, summarise.spent() - before
