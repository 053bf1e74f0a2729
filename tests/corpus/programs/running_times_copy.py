"""A timer reports which builds still run while the scheduler takes finished ones out of its table."""

import threading
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait


def build(seconds):
    time.sleep(seconds)
    return round(seconds * 100)


class Scheduler:
    def __init__(self, pool):
        self.pool = pool
        self.futures = {}
        self.costs = {}
        self.report = []

    def start(self, name, seconds):
        self.futures[self.pool.submit(build, seconds)] = name

    def log_running(self):
        self.report += [name for future, name in list(self.futures.items()) if not future.done()]

    def collect(self):
        while self.futures:
            done, _ = wait(self.futures, return_when=FIRST_COMPLETED)
            for future in done:
                self.costs[self.futures.pop(future)] = future.result()


def main():
    with ThreadPoolExecutor(2) as pool:
        scheduler = Scheduler(pool)
        scheduler.start("linker", 0.15)
        scheduler.start("manual", 0.2)
        timer = threading.Timer(0.05, scheduler.log_running)
        timer.start()
        scheduler.collect()
        timer.join()
    return sorted(scheduler.costs.items()), scheduler.report
