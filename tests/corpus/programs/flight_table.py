"""Threads that want the same key wait for the one that fetches it."""

import threading


class Flight:
    def __init__(self):
        self._lock = threading.Lock()
        self._flying = {}
        self._cache = {}
        self.fetched = []

    def _fetch(self, key):
        self.fetched.append(key)
        return f"light curve of {key}"

    def get(self, key):
        with self._lock:
            if key in self._cache:
                return self._cache[key]
            landed = self._flying.get(key)
            leading = landed is None
            if leading:
                landed = self._flying[key] = threading.Event()
        if not leading:
            landed.wait()
            return self.get(key)
        value = self._fetch(key)
        with self._lock:
            self._cache[key] = value
            del self._flying[key]
        landed.set()
        return value


def main():
    flight = Flight()
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(flight.get("m31"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, flight.fetched
