"""Sensors of a plant add readings to a log whose methods take one re-entrant lock in a decorator."""

import functools
import threading


def synchronized(method):
    @functools.wraps(method)
    def wrapper(self, *args, **kwargs):
        self._lock.acquire()
        try:
            return method(self, *args, **kwargs)
        finally:
            self._lock.release()

    return wrapper


class PlantLog:
    def __init__(self):
        self._lock = threading.RLock()
        self.readings = {}
        self._weight = 0

    @synchronized
    def add(self, plant, value):
        self.readings.setdefault(plant, []).append(value)
        self._weight = self._weight + self.weigh(value)

    @synchronized
    def weigh(self, value):
        return 2 if value < 10 else 1

    @property
    @synchronized
    def weight(self):
        return self._weight


class AlarmLog(PlantLog):
    def __init__(self):
        super().__init__()
        self.alarms = {}

    @synchronized
    def add(self, plant, value):
        super().add(plant, value)
        low = sum(1 for reading in self.readings[plant] if self.weigh(reading) > 1)
        if low:
            self.alarms[plant] = low


def water(log, plant, values):
    for value in values:
        log.add(plant, value)


def main():
    log = AlarmLog()
    batches = [("fern", [12, 8]), ("ivy", [30, 31]), ("fern", [9])]
    threads = [threading.Thread(target=water, args=(log, *batch)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return log.weight, sorted(log.alarms.items()), {plant: sorted(log.readings[plant]) for plant in ("fern", "ivy")}
