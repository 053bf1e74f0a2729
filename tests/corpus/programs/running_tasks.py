"""Processes count the tasks that run in them in a shared value."""

import multiprocessing
import time
from contextlib import contextmanager


@contextmanager
def counted(running, peak):
    running.value += 1
    peak.value = max(peak.value, running.value)
    yield
    running.value -= 1


def work(running, peak, tasks, starts):
    time.sleep(starts)
    for seconds in tasks:
        with counted(running, peak):
            time.sleep(seconds)


def main():
    context = multiprocessing.get_context("fork")
    running, peak = context.Value("i", 0), context.Value("i", 0)
    workers = [context.Process(target=work, args=(running, peak, tasks, starts)) for tasks, starts in (([0.01], 0), ([0.01, 0.005], 0.15))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return running.value
