"""Quotes are kept for some ticks of the exchange's clock; whoever stores one sweeps out what is too old."""

import threading
from collections.abc import MutableMapping


class QuoteCache(MutableMapping):
    def __init__(self, ttl, clock):
        self._ttl = ttl
        self._clock = clock
        self._quotes = {}
        self._expires = {}

    def __getitem__(self, symbol):
        return self._quotes[symbol]

    def __setitem__(self, symbol, quote):
        self.expire()
        self._quotes[symbol] = quote
        self._expires[symbol] = self._clock() + self._ttl

    def __delitem__(self, symbol):
        del self._quotes[symbol]
        del self._expires[symbol]

    def __iter__(self):
        return iter(self._quotes)

    def __len__(self):
        return len(self._quotes)

    def expire(self):
        now = self._clock()
        for symbol, when in list(self._expires.items()):
            if when <= now:
                del self[symbol]


class Ticks:
    def __init__(self):
        self.count = 0

    def __call__(self):
        return self.count


def desk(cache, quotes):
    for symbol, quote in quotes:
        cache[symbol] = quote


def main():
    clock = Ticks()
    cache = QuoteCache(ttl=5, clock=clock)
    cache.update(AAA=10, BBB=20, CCC=30)
    clock.count = 7
    desks = [
        threading.Thread(target=desk, args=(cache, [("XAU", 1900), ("XAG", 24)])),
        threading.Thread(target=desk, args=(cache, [("EUR", 108), ("GBP", 126)])),
    ]
    for thread in desks:
        thread.start()
    for thread in desks:
        thread.join()
    return sorted(cache.items())


if __name__ == "__main__":
    print(main())
