"""Progress of long work is shown once it lasts: an alarm calls back when a report has been open for a while.

After https://github.com/llvm/llvm-project/pull/86888
"""

import threading
import time


class Alarm:
    def __init__(self, delay):
        self._delay = delay
        self._condition = threading.Condition()
        self._entries = {}
        self._stopped = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def create(self, key, callback):
        with self._condition:
            self._entries[key] = (time.monotonic() + self._delay, callback)
            self._condition.notify()

    def _run(self):
        with self._condition:
            while True:
                now = time.monotonic()
                for key in [key for key, (at, _) in self._entries.items() if at <= now or self._stopped]:
                    _, callback = self._entries.pop(key)
                    callback(key)
                if self._stopped:
                    return
                self._condition.wait(0.02 if self._entries else None)

    def stop(self):
        with self._condition:
            self._stopped = True
            self._condition.notify()
        self._thread.join()


class ProgressManager:
    def __init__(self):
        self._lock = threading.Lock()
        self._open = {}
        self.shown = []
        self.alarm = Alarm(0.06)

    def increment(self, title):
        with self._lock:
            self._open[title] = self._open.get(title, 0) + 1

    def decrement(self, title):
        with self._lock:
            self._open[title] -= 1
            if not self._open[title]:
                self.alarm.create(title, self.expire)

    def expire(self, title):
        with self._lock:
            if not self._open[title]:
                del self._open[title]
                self.shown.append(title)


def main():
    manager = ProgressManager()
    for title in ("parsing", "indexing"):
        manager.increment(title)
        manager.decrement(title)
        time.sleep(0.2)
    manager.alarm.stop()
    return manager.shown


if __name__ == "__main__":
    assert main() == ["parsing", "indexing"]
