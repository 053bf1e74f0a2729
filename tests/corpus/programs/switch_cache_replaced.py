"""Feature switches are read through a local cache that is replaced as a whole when the store has changed."""

import threading


class Store:
    def __init__(self):
        self.version = 1
        self.rows = {"beta": True, "dark": False}

    def set(self, key, value):
        self.rows[key] = value
        self.version += 1


class Switches:
    def __init__(self, store):
        self._store = store
        self._cache = None

    def __getitem__(self, key):
        return self._current()[key]

    def _current(self):
        version = self._store.version
        cached = self._cache
        if cached is None or cached[0] != version:
            cached = self._cache = (version, dict(self._store.rows))
        return cached[1]


def serve(switches, answers, failures):
    try:
        answers.append(switches["beta"])
    except TypeError as error:
        failures.append(str(error))


def main():
    store = Store()
    switches = Switches(store)
    answers, failures = [], []
    store.set("dark", True)
    requests = [threading.Thread(target=serve, args=(switches, answers, failures)) for _ in range(3)]
    for request in requests:
        request.start()
    for request in requests:
        request.join()
    assert not failures, failures
    assert answers == [True, True, True]
    return answers


if __name__ == "__main__":
    print(main())
