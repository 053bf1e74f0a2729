"""A downloader notes the signal to terminate; its own loop saves the queue when it comes round."""

import os
import signal
import threading

INIT_LOCK = threading.Lock()


class Downloader:
    def __init__(self):
        self.jobs = []
        self.saved = None
        self.stop_asked = False

    def add(self, name):
        with INIT_LOCK:
            self.jobs.append(name)

    def halt(self):
        with INIT_LOCK:
            self.saved = list(self.jobs)

    def on_signal(self, number, frame):
        self.stop_asked = True

    def step(self):
        if self.stop_asked and self.saved is None:
            self.halt()
        return self.saved is None


def main():
    downloader = Downloader()
    previous = signal.signal(signal.SIGTERM, downloader.on_signal)
    try:
        for name in ("debian.iso", "fedora.iso", "arch.iso"):
            downloader.add(name)
        os.kill(os.getpid(), signal.SIGTERM)
        while downloader.step():
            pass
        assert downloader.saved == ["debian.iso", "fedora.iso", "arch.iso"]
        return downloader.saved
    finally:
        signal.signal(signal.SIGTERM, previous)


if __name__ == "__main__":
    print(main())
