"""Processes that score measurements share a number: how many of them wait to be written."""

import multiprocessing
import time


class SharedCount:
    def __init__(self, context):
        self._value = context.Value("i", 0)

    def add(self, step):
        self._value.value += step

    @property
    def value(self):
        return self._value.value


def score(measurement):
    return {"confirmed": 1.0, "anomaly": 0.5}.get(measurement, 0.0)


def scorer(backlog, measurements, delay):
    time.sleep(delay)  # the archive is unpacked
    for measurement in measurements:
        if score(measurement) > 0:
            backlog.add(1)


def main():
    context = multiprocessing.get_context("fork")
    backlog = SharedCount(context)
    archives = [(["ok", "anomaly", "confirmed"], 0.0), (["confirmed", "ok", "anomaly", "anomaly"], 0.05)]
    scorers = [context.Process(target=scorer, args=(backlog, *archive)) for archive in archives]
    for process in scorers:
        process.start()
    for process in scorers:
        process.join()
    waiting = backlog.value
    backlog.add(-waiting)  # they are written
    return waiting, backlog.value
