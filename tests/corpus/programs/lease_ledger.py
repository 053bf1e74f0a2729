"""A lease is given back by a finalizer; the collector may run it inside the very lock it takes."""

import gc
import threading
import weakref

_lock = threading.Lock()
_leases = {}


def acquire(key):
    with _lock:
        entry = _leases.get(key)
        if entry is None:
            entry = _leases[key] = {"count": 0, "history": []}
        entry["count"] += 1
        entry["history"].append({"count": entry["count"]})
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
