"""A gauge of requests in flight asks every measured block for its numbers when it is scraped.

After https://github.com/element-hq/synapse/issues/19961
"""

import threading
import time
from collections import defaultdict


class InFlightGauge:
    def __init__(self, name):
        self.name = name
        self._lock = threading.Lock()
        self._registrations = {}

    def register(self, key, callback):
        with self._lock:
            self._registrations.setdefault(key, set()).add(callback)

    def unregister(self, key, callback):
        with self._lock:
            callbacks = self._registrations[key]
            callbacks.discard(callback)
            if not callbacks:
                del self._registrations[key]

    def collect(self):
        with self._lock:
            registrations = {key: list(callbacks) for key, callbacks in self._registrations.items()}
        for key, callbacks in registrations.items():
            metrics = defaultdict(float)
            for callback in callbacks:
                callback(metrics)
            yield key, dict(metrics)


class Measure:
    """Notes how long a block takes, and says so while it is running."""

    def __init__(self, gauge, block):
        self.gauge = gauge
        self.key = (block,)
        self.queries = 0

    def _report(self, metrics):
        metrics["queries"] += self.queries
        metrics["running"] += 1

    def __enter__(self):
        self.gauge.register(self.key, self._report)
        return self

    def __exit__(self, *exc):
        self.gauge.unregister(self.key, self._report)


def main():
    gauge = InFlightGauge("synchrotron_in_flight")
    scraped = []

    def worker(block, after, lasts):
        time.sleep(after)
        with Measure(gauge, block) as measure:
            measure.queries += 1
            time.sleep(lasts)

    def scrape():
        time.sleep(0.05)
        try:
            scraped.append(all(metrics["running"] for _, metrics in gauge.collect()))
        except RuntimeError as error:
            scraped.append(str(error))

    threads = [
        threading.Thread(target=worker, args=("sync", 0.0, 0.2)),
        threading.Thread(target=worker, args=("presence", 0.0, 0.2)),
        threading.Thread(target=worker, args=("push", 0.09, 0.05)),
        threading.Thread(target=scrape),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return scraped


if __name__ == "__main__":
    print(main())
