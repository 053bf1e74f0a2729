"""A watcher looks for overdue workers in a dict that the runner changes meanwhile."""

import threading
import time


def describe(pid, started):
    return f"{pid} since {started:.0f}"


class Runner:
    def __init__(self):
        self.start_time_by_pid = {}
        self.overdue = []
        self.error = None

    def start(self, pid, started):
        self.start_time_by_pid[pid] = started

    def finish(self, pid):
        del self.start_time_by_pid[pid]

    def check(self, now):
        try:
            for pid, started in self.start_time_by_pid.items():
                if now - started > 10:
                    self.overdue.append(describe(pid, started))
        except RuntimeError as error:
            self.error = str(error)


def main():
    runner = Runner()
    runner.start(101, 0)
    runner.start(102, 95)
    runner.start(103, 98)
    watcher = threading.Thread(target=runner.check, args=(100,))
    watcher.start()
    time.sleep(0.02)
    runner.start(104, 100)
    runner.start(105, 100)
    runner.finish(102)
    watcher.join()
    return runner.overdue, runner.error, sorted(runner.start_time_by_pid)
