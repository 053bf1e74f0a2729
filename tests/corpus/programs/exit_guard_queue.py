"""A handler of signals only leaves a note in a reentrant queue; the main thread cleans up once."""

import os
import queue
import signal


class Shutdown:
    def __init__(self):
        self._signals = queue.SimpleQueue()
        self._exiting = False
        self.steps = []

    def _report(self, signum):
        self.steps.append(signal.Signals(signum).name)

    def handle(self, signum, frame):
        self._signals.put(signum)

    def check(self):
        while not self._signals.empty():
            signum = self._signals.get()
            if not self._exiting:
                self._exiting = True
                self._report(signum)


def main():
    shutdown = Shutdown()
    previous = signal.signal(signal.SIGUSR1, shutdown.handle)
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        shutdown.check()
        shutdown.steps.append("draining")
        os.kill(os.getpid(), signal.SIGUSR1)
        shutdown.check()
        shutdown.steps.append("drained")
    finally:
        signal.signal(signal.SIGUSR1, previous)
    return shutdown.steps
