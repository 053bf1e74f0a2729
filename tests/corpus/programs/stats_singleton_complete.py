"""The counters of a service are a singleton that is made by whoever counts first and shown when it is complete."""

import threading


class Stats:
    _instance = None
    _lock = threading.Lock()

    def __new__(cls):
        if cls._instance is None:
            with cls._lock:
                if cls._instance is None:
                    instance = super().__new__(cls)
                    instance._init_counters()
                    cls._instance = instance
        return cls._instance

    def _init_counters(self):
        self._mutex = threading.Lock()
        self._counts = {}

    def inc(self, name):
        with self._mutex:
            self._counts[name] = self._counts.get(name, 0) + 1

    def snapshot(self):
        with self._mutex:
            return dict(self._counts)


def handle(failures):
    try:
        Stats().inc("requests")
    except AttributeError as error:
        failures.append(str(error))


def main():
    failures = []
    requests = [threading.Thread(target=handle, args=(failures,)) for _ in range(3)]
    for request in requests:
        request.start()
    for request in requests:
        request.join()
    assert not failures, failures
    return Stats().snapshot()


if __name__ == "__main__":
    print(main())
