"""A monitor tells its listeners about a stale feed under its lock; a listener asks the monitor back."""

import threading
import time


class HealthMonitor:
    def __init__(self):
        self._lock = threading.Lock()
        self._ticks = 0
        self._checked = 0
        self._listeners = []

    def listen(self, listener):
        self._listeners.append(listener)

    def tick(self):
        with self._lock:
            self._ticks += 1

    def ticks(self):
        with self._lock:
            return self._ticks

    def check(self):
        with self._lock:
            if self._ticks == self._checked:
                for listener in self._listeners:
                    listener("stale")
            self._checked = self._ticks


class Dashboard:
    def __init__(self, monitor):
        self.monitor = monitor
        self.notes = []
        monitor.listen(self.on_state)

    def on_state(self, state):
        self.notes.append((state, self.monitor.ticks()))


def watchdog(monitor):
    time.sleep(0.05)
    monitor.check()


def main():
    monitor = HealthMonitor()
    dashboard = Dashboard(monitor)
    threads = [threading.Thread(target=watchdog, args=(monitor,)), threading.Thread(target=monitor.tick)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return monitor.ticks(), len(dashboard.notes) <= 1
