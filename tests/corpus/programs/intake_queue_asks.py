"""A scheduler's intake puts tasks on a bounded queue, workers take them; all of them end when the application stops.

After https://github.com/SSC-ICT-Innovatie/nl-kat-coordination/issues/1992
"""

import logging
import queue
import threading
import time

logger = logging.getLogger("scheduler")


class Source:
    def __init__(self, batches):
        self._batches = list(batches)

    def poll(self):
        time.sleep(0.01)
        return self._batches.pop(0) if self._batches else []


class ThreadRunner(threading.Thread):
    def __init__(self, name, target, stop_event, interval):
        super().__init__(name=name)
        self._step = target
        self._stop_event = stop_event
        self._interval = interval

    def run(self):
        while not self._stop_event.is_set():
            self._step()
            self._stop_event.wait(self._interval)
        logger.debug("%s ends", self.name)


class Scheduler:
    def __init__(self, source, capacity):
        self.source = source
        self.queue = queue.Queue(capacity)
        self.stop_event = threading.Event()
        self.handled = []
        self.threads = [
            ThreadRunner("intake", self._intake, self.stop_event, 0.05),
            ThreadRunner("worker", self._work, self.stop_event, 0.0),
        ]

    def _intake(self):
        for task in self.source.poll():
            self._push(task)

    def _push(self, task):
        while not self.stop_event.is_set():
            try:
                self.queue.put(task, timeout=0.02)
                break
            except queue.Full:
                continue

    def _work(self):
        try:
            task = self.queue.get(timeout=0.02)
        except queue.Empty:
            return
        time.sleep(0.005)
        self.handled.append(task)

    def run(self):
        for thread in self.threads:
            thread.start()

    def shutdown(self):
        self.stop_event.set()
        for thread in self.threads:
            thread.join()


def main():
    scheduler = Scheduler(Source([["dns-1", "dns-2", "dns-3", "dns-4"]]), 2)
    scheduler.run()
    time.sleep(0.3)
    scheduler.shutdown()
    return [thread.name for thread in scheduler.threads if thread.is_alive()]


if __name__ == "__main__":
    assert main() == []
