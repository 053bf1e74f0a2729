"""A lease is given back by a finalizer, under a lock that the thread which runs it may hold already."""

import gc
import threading
import weakref

_lock = threading.RLock()
_leases = {}


def acquire(key):
    with _lock:
        entry = _leases.setdefault(key, {"count": 0})
        entry["count"] += 1
        return key


def release(key):
    with _lock:
        entry = _leases[key]
        entry["count"] -= 1


class Ledger:
    def __init__(self, session):
        self.session = session
        self.entries = []
        self.parent = self
        weakref.finalize(self, release, acquire(session))

    def append(self, text):
        self.entries.append(text)


def main():
    _leases.clear()
    first = Ledger("s1")
    first.append("opened")
    del first
    gc.collect()
    second = Ledger("s1")
    second.append("opened again")
    return {key: entry["count"] for key, entry in _leases.items()}, second.entries
