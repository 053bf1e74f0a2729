"""A report must not be built twice at a time: a lock by name is tried, and every thread remembers whether it has it."""

import threading


class LockTaken(Exception):
    pass


class NamedLocks:
    def __init__(self):
        self._guard = threading.Lock()
        self.held = set()

    def acquire(self, name):
        with self._guard:
            if name in self.held:
                return None
            self.held.add(name)
            return name

    def release(self, name):
        with self._guard:
            self.held.discard(name)


class Exclusive(threading.local):
    def __init__(self, locks, name):
        self._locks = locks
        self._name = name
        self.lock = None

    def __enter__(self):
        self.lock = self._locks.acquire(self._name)
        if self.lock is None:
            raise LockTaken(self._name)

    def __exit__(self, *error):
        if self.lock is not None:
            self._locks.release(self.lock)


class Reports:
    def __init__(self, locks):
        self._exclusive = Exclusive(locks, "monthly report")
        self.built = []
        self.refused = []

    def build(self, customer):
        try:
            with self._exclusive:
                self.built.append(customer)
        except LockTaken:
            self.refused.append(customer)


def main():
    locks = NamedLocks()
    reports = Reports(locks)
    requests = [threading.Thread(target=reports.build, args=(name,)) for name in ("ann", "bob")]
    for request in requests:
        request.start()
    for request in requests:
        request.join()
    assert len(reports.built) + len(reports.refused) == 2
    assert not locks.held, f"never released: {locks.held}"
    return len(locks.held)


if __name__ == "__main__":
    print(main())
