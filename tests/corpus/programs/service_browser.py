"""A browser thread hands service changes to its listener and sleeps on a condition while there are none."""

import threading
from collections import deque


class Engine:
    def __init__(self):
        self.condition = threading.Condition()
        self.browsers = []

    def announce(self, change):
        for browser in self.browsers:
            browser.pending.append(change)
        with self.condition:
            self.condition.notify_all()


class ServiceBrowser(threading.Thread):
    def __init__(self, engine, listener):
        super().__init__(daemon=True)
        self.engine = engine
        self.listener = listener
        self.pending = deque()
        engine.browsers.append(self)

    def next_change(self):
        if not self.pending:
            with self.engine.condition:
                self.engine.condition.wait()
        return self.pending.popleft()

    def run(self):
        while True:
            change = self.next_change()
            if change is None:
                return
            self.listener(*change)


def main():
    services = {}

    def listener(kind, name):
        services[name] = kind

    engine = Engine()
    browser = ServiceBrowser(engine, listener)
    engine.announce(("added", "printer"))
    browser.start()
    engine.announce(("added", "scanner"))
    engine.announce(("removed", "printer"))
    engine.announce(None)
    browser.join()
    return sorted(services.items())
