"""A retrying caller asks its circuit breaker for leave; a half-open breaker lets one trial through."""

import threading


class CircuitBreaker:
    def __init__(self):
        self._lock = threading.Lock()
        self._state = "half-open"
        self._trials = 0

    def admit(self):
        with self._lock:
            if self._state == "open" or (self._state == "half-open" and self._trials >= 1):
                return False
            if self._state == "half-open":
                self._trials += 1
            return True

    def succeeded(self):
        with self._lock:
            self._state = "closed"
            self._trials = 0

    def failed(self):
        with self._lock:
            self._state = "open"


class CircuitOpenError(Exception):
    pass


class BreakerRetrying:
    def __init__(self, breaker, target):
        self._breaker = breaker
        self._target = target

    def call(self):
        if not self._breaker.admit():
            raise CircuitOpenError
        try:
            result = self._target()
        except ConnectionError:
            self._breaker.failed()
            raise
        self._breaker.succeeded()
        return result


def main():
    calls = []

    def refused():
        calls.append("call")
        raise ConnectionError("still down")

    retrying = BreakerRetrying(CircuitBreaker(), refused)

    def request():
        try:
            retrying.call()
        except (CircuitOpenError, ConnectionError):
            pass

    requests = [threading.Thread(target=request) for _ in range(2)]
    for each in requests:
        each.start()
    for each in requests:
        each.join()
    assert len(calls) == 1, f"{len(calls)} calls reached a server on trial"
    return calls


if __name__ == "__main__":
    print(main())
