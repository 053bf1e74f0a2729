"""A handler of signals guards its one-time clean-up with a lock; a second signal interrupts the first."""

import os
import signal
import threading


class Shutdown:
    def __init__(self):
        self._lock = threading.Lock()
        self._exiting = False
        self.steps = []

    def _report(self, signum):
        self.steps.append(signal.Signals(signum).name)

    def handle(self, signum, frame):
        with self._lock:
            if self._exiting:
                return
            self._report(signum)
            self._exiting = True


def main():
    shutdown = Shutdown()
    previous = signal.signal(signal.SIGUSR1, shutdown.handle)
    try:
        os.kill(os.getpid(), signal.SIGUSR1)
        shutdown.steps.append("draining")
        os.kill(os.getpid(), signal.SIGUSR1)
        shutdown.steps.append("drained")
    finally:
        signal.signal(signal.SIGUSR1, previous)
    return shutdown.steps
