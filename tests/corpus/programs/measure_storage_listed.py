"""Metrics of a service: instruments get a storage on their first measurement, a reader collects them all for export."""

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Instrument:
    name: str
    unit: str = "1"


@dataclass
class ViewStorage:
    instrument: Instrument
    points: dict = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def aggregate(self, value, attributes):
        key = frozenset(attributes.items())
        with self._lock:
            self.points[key] = self.points.get(key, 0) + value

    def collect(self):
        with self._lock:
            return [(self.instrument.name, self.instrument.unit, dict(key), value) for key, value in self.points.items()]


class MetricReaderStorage:
    def __init__(self):
        self._lock = threading.RLock()
        self._instrument_view_storage = {}

    def _get_or_init(self, instrument):
        storage = self._instrument_view_storage.get(instrument)
        if storage is not None:
            return storage
        with self._lock:
            return self._instrument_view_storage.setdefault(instrument, ViewStorage(instrument))

    def consume(self, instrument, value, **attributes):
        self._get_or_init(instrument).aggregate(value, attributes)

    def collect(self):
        metrics = []
        with self._lock:
            storages = list(self._instrument_view_storage.values())
        for storage in storages:
            metrics.extend(storage.collect())
        return metrics


class PeriodicExporter(threading.Thread):
    def __init__(self, storage, rounds):
        super().__init__(name="exporter")
        self._storage = storage
        self._rounds = rounds
        self.exported = []
        self.failure = None

    def run(self):
        try:
            for _ in range(self._rounds):
                self.exported.append(len(self._storage.collect()))
        except RuntimeError as error:
            self.failure = str(error)


def serve(storage):
    for route, status in (("/", 200), ("/login", 302), ("/", 200)):
        storage.consume(Instrument("http.requests"), 1, route=route)
        storage.consume(Instrument(f"http.status.{status}"), 1)


def main():
    storage = MetricReaderStorage()
    storage.consume(Instrument("process.start", "s"), 1)
    exporter = PeriodicExporter(storage, 2)
    handler = threading.Thread(target=serve, args=(storage,), name="handler")
    handler.start()
    exporter.start()
    handler.join()
    exporter.join()
    return exporter.failure, sorted(name for name, *_ in storage.collect())
