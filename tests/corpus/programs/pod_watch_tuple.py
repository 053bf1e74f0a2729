"""A watcher puts what it knows of the resources into a new dictionary each time; the waiting side goes through the one it sees."""

import threading
import time


class Watcher(threading.Thread):
    def __init__(self, events):
        super().__init__()
        self.events = events
        self.resources = {"deployment/api": "pending"}

    def run(self):
        for delay, name, state in self.events:
            time.sleep(delay)
            self.resources = {**self.resources, name: state}


def ready(watcher):
    return [name for name, state in watcher.resources.items() if not pending(name, state)]


def pending(name, state):
    return state != "ready"


def main():
    watcher = Watcher([(0, "deployment/api", "ready"), (0.06, "job/migrate", "ready"), (0, "pod/worker", "ready")])
    watcher.start()
    time.sleep(0.02)
    early = ready(watcher)
    watcher.join()
    return len(early) <= 3, len(ready(watcher))
