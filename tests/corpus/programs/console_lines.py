"""Console lines are captured under a lock, with the artifacts that they spoke of last; an artifact says when it is gone."""

import threading
import time
from collections import deque


class Console:
    def __init__(self, keep):
        self._lock = threading.Lock()
        self._recent = deque(maxlen=keep)
        self._lines = []

    def write(self, line, about=None):
        with self._lock:
            self._lines.append(line)
            if about is not None:
                self._recent.append(about)

    def lines(self):
        with self._lock:
            return list(self._lines)


class Artifact:
    def __init__(self, name, console):
        self.name = name
        self._console = console

    def __del__(self):
        self._console.write(f"{self.name} released")


def upload(console, name, seconds):
    artifact = Artifact(name, console)
    console.write(f"{artifact.name} saved", about=artifact)
    time.sleep(seconds)


def main():
    console = Console(keep=1)
    uploads = [
        threading.Thread(target=upload, args=(console, "model", 0.15)),
        threading.Timer(0.05, upload, args=(console, "table", 0.2)),
    ]
    for thread in uploads:
        thread.start()
    for thread in uploads:
        thread.join()
    return console.lines()
