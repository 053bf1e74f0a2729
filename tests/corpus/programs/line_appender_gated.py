"""Log lines are taken by an appender that writes them on a thread of its own; `append` says whether a line was taken."""

import threading
import time
from collections import deque


class Appender:
    def __init__(self):
        self.lines = deque()
        self.written = []
        self.closed = False
        self.gate = threading.Lock()
        self.worker = threading.Thread(target=self._run, name="appender")
        self.worker.start()

    def append(self, line):
        with self.gate:
            if self.closed:
                return False
            self.lines.append(line)
            return True

    def _write_all(self):
        while self.lines:
            self.written.append(self.lines.popleft())

    def _run(self):
        while not self.closed:
            self._write_all()
            time.sleep(0.001)
        self._write_all()

    def close(self):
        with self.gate:
            self.closed = True
        self.worker.join()


def service(appender, name, taken):
    for step in ("up", "ready"):
        if appender.append(f"{name} {step}"):
            taken.append(name)


def main():
    appender, taken = Appender(), []
    services = [threading.Thread(target=service, args=(appender, name, taken)) for name in ("web", "mail")]
    for thread in services:
        thread.start()
    time.sleep(0.02)
    appender.close()
    for thread in services:
        thread.join()
    return len(taken), len(appender.written), len(appender.lines)
