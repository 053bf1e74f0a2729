"""A courier's daemon keeps a journal; SIGUSR1 has it write a line on how far it has come."""

import os
import signal
import threading
import time


class Journal:
    def __init__(self):
        self._lock = threading.Lock()
        self._lines = []

    def write(self, kind, text):
        with self._lock:
            self._lines.append((kind, text))

    def of_kind(self, kind):
        with self._lock:
            return [text for has, text in self._lines if has == kind]


class Daemon:
    def __init__(self, journal):
        self.journal = journal
        self.delivered = 0
        self._asked = False

    def __enter__(self):
        self._before = signal.signal(signal.SIGUSR1, self._on_status)
        return self

    def __exit__(self, *exc_info):
        signal.signal(signal.SIGUSR1, self._before)

    def _on_status(self, signum, frame):
        self._asked = True

    def deliver(self, parcel):
        time.sleep(0.004)
        self.delivered += 1
        self.journal.write("parcel", parcel)
        if self._asked:
            self._asked = False
            self.journal.write("status", f"{self.delivered} delivered")


def operator(pid):
    time.sleep(0.01)
    os.kill(pid, signal.SIGUSR1)


def main():
    journal = Journal()
    with Daemon(journal) as daemon:
        asks = threading.Thread(target=operator, args=(os.getpid(),))
        asks.start()
        for parcel in ("books", "lamp", "seeds", "shoes"):
            daemon.deliver(parcel)
        asks.join()
    return journal.of_kind("parcel")


if __name__ == "__main__":
    print(main())
