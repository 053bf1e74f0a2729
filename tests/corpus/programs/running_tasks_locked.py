"""Processes count the tasks that run in them in a shared value, under its lock."""

import multiprocessing
import time
from contextlib import contextmanager


@contextmanager
def counted(running):
    with running.get_lock():
        running.value += 1
    try:
        yield
    finally:
        with running.get_lock():
            running.value -= 1


def work(running, tasks, starts):
    time.sleep(starts)
    for seconds in tasks:
        with counted(running):
            time.sleep(seconds)


def main():
    context = multiprocessing.get_context("fork")
    running = context.Value("i", 0)
    workers = [context.Process(target=work, args=(running, tasks, starts)) for tasks, starts in (([0.01], 0), ([0.01, 0.005], 0.15))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return running.value
