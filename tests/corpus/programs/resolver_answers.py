"""A stub resolver keeps answers until they expire; now and then a look-up sweeps the old ones out.

After https://github.com/rthalley/dnspython/issues/8
"""

import functools
import threading
import time
from dataclasses import dataclass


@dataclass
class Answer:
    addresses: tuple
    expiration: float


class AnswerCache:
    def __init__(self, clock, cleaning_interval=300.0):
        self._clock = clock
        self._data = {}
        self._interval = cleaning_interval
        self._next_cleaning = clock() + cleaning_interval

    def _maybe_clean(self):
        now = self._clock()
        if self._next_cleaning <= now:
            expired = [key for key, answer in list(self._data.items()) if answer.expiration <= now]
            for key in expired:
                del self._data[key]
            self._next_cleaning = self._clock() + self._interval

    def get(self, key):
        self._maybe_clean()
        answer = self._data.get(key)
        if answer is None or answer.expiration <= self._clock():
            return None
        return answer

    def put(self, key, answer):
        self._maybe_clean()
        self._data[key] = answer


ZONE = {"pine.test": ("10.0.0.1",), "larch.test": ("10.0.0.2", "10.0.0.3"), "yew.test": ("10.0.0.4",)}


class Resolver:
    def __init__(self, cache, clock):
        self.cache = cache
        self.clock = clock

    def query(self, name, ttl=120.0):
        answer = self.cache.get((name, "A"))
        if answer is None:
            answer = Answer(ZONE[name], self.clock() + ttl)
            self.cache.put((name, "A"), answer)
        return answer.addresses


def main():
    now = [1_000.0]
    clock = functools.partial(now.__getitem__, 0)
    resolver = Resolver(AnswerCache(clock), clock)
    for name in ZONE:
        resolver.query(name)
    now[0] += 600
    replies = {}

    def client(number, name, after):
        time.sleep(after)
        try:
            replies[number] = resolver.query(name)
        except Exception as error:
            replies[number] = repr(error)

    visits = [(1, "larch.test", 0.0), (2, "yew.test", 0.05)]
    clients = [threading.Thread(target=client, args=visit) for visit in visits]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    return sorted(replies.items())


if __name__ == "__main__":
    print(main())
