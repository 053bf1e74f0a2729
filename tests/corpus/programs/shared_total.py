"""Processes add to a number in shared memory; each addition reads and then writes."""

import multiprocessing


def add_up(total, numbers):
    for number in numbers:
        total.value += number


def main():
    processes = multiprocessing.get_context("fork")
    total = processes.Value("i", 0)
    workers = [processes.Process(target=add_up, args=(total, [start, start + 1])) for start in (1, 10)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return total.value
