"""Objects are written into a store one by one, with a line for each in a journal; a signal asks for a line on how far it is."""

import os
import signal
import threading
import time


class Journal:
    def __init__(self):
        self._lock = threading.Lock()
        self.lines = []

    def info(self, line):
        with self._lock:
            number = len(self.lines) + 1
            self.lines.append(f"{number} {line}")


class Playback:
    def __init__(self, journal, paths):
        self.journal = journal
        self.paths = paths
        self.done = 0

    def report(self, signum, frame):
        self.journal.info(f"{self.done} of {len(self.paths)} objects")

    def _write(self, path):
        time.sleep(0.01)
        self.done += 1

    def run(self):
        for path in self.paths:
            self.journal.info(f"writing {path}")
            self._write(path)


def operator(pid, seconds):
    time.sleep(seconds)
    os.kill(pid, signal.SIGUSR1)


def main():
    journal = Journal()
    playback = Playback(journal, ["/index", "/about", "/imprint"])
    previous = signal.signal(signal.SIGUSR1, playback.report)
    asks = threading.Thread(target=operator, args=(os.getpid(), 0.015))
    asks.start()
    playback.run()
    asks.join()
    signal.signal(signal.SIGUSR1, previous)
    return playback.done, len(journal.lines)
