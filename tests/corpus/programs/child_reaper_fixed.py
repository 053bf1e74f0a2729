"""The handler takes no lock; what happened is noted by the next cycle."""

import os
import signal
import threading


class Supervisor:
    def __init__(self):
        self._lock = threading.Lock()
        self.events = []
        self.children = {101: "running"}

    def note(self, text):
        with self._lock:
            self.events.append(text)

    def on_child(self, signum, frame):
        self.children[101] = "ended"

    def cycle(self):
        if self.children[101] == "ended":
            self.note("child ended")
        self.note("cycle")
        return self.children[101]


def main():
    supervisor = Supervisor()
    previous = signal.signal(signal.SIGUSR2, supervisor.on_child)
    try:
        before = supervisor.cycle()
        os.kill(os.getpid(), signal.SIGUSR2)
        after = supervisor.cycle()
    finally:
        signal.signal(signal.SIGUSR2, previous)
    return before, after, sorted(supervisor.events)
