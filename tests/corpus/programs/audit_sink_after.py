"""The registry logs after it has let go of its lock; the locks are nested in one order only."""

import logging
import threading


class Registry:
    def __init__(self, log):
        self._lock = threading.RLock()
        self._names = {}
        self._log = log

    def register(self, number, name):
        with self._lock:
            self._names[number] = name

    def name_of(self, number):
        with self._lock:
            return self._names.get(number, "gone")

    def close(self, number):
        with self._lock:
            self._names.pop(number, None)
        self._log.warning("closed", extra={"number": 0})


class AuditSink(logging.Handler):
    def __init__(self):
        super().__init__()
        self.registry = None
        self.lines = []

    def emit(self, record):
        self.lines.append(f"{self.registry.name_of(record.number)}: {record.getMessage()}")


def main():
    log = logging.Logger("audit")
    sink = AuditSink()
    log.addHandler(sink)
    sink.registry = registry = Registry(log)
    for number, name in enumerate(("hub", "ann", "bob")):
        registry.register(number, name)
    worker = threading.Thread(target=log.info, args=("query",), kwargs={"extra": {"number": 1}})
    closer = threading.Thread(target=registry.close, args=(2,))
    worker.start()
    closer.start()
    worker.join()
    closer.join()
    return sorted(sink.lines), registry.name_of(2)
