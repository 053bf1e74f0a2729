"""A downloader saves its queue when it is told to terminate; jobs are added under the same lock the save takes."""

import os
import signal
import threading

INIT_LOCK = threading.Lock()


class Downloader:
    def __init__(self):
        self.jobs = []
        self.saved = None
        self.stopped = False

    def add(self, name):
        with INIT_LOCK:
            self.jobs.append(name)

    def halt(self):
        with INIT_LOCK:
            self.saved = list(self.jobs)

    def on_signal(self, number, frame):
        if not self.stopped:
            self.halt()
            self.stopped = True


def main():
    downloader = Downloader()
    previous = signal.signal(signal.SIGTERM, downloader.on_signal)
    try:
        for name in ("debian.iso", "fedora.iso", "arch.iso"):
            downloader.add(name)
        os.kill(os.getpid(), signal.SIGTERM)
        assert downloader.stopped
        assert downloader.saved == ["debian.iso", "fedora.iso", "arch.iso"]
        return downloader.saved
    finally:
        signal.signal(signal.SIGTERM, previous)


if __name__ == "__main__":
    print(main())
