"""A follower reads lines on a thread of its own, that the base class starts; a subclass says what to do with them."""

import queue
import re
import threading
import time


class Follower:
    def __init__(self, lines):
        self.lines = lines
        self.handled = 0
        self.thread = threading.Thread(target=self._follow)
        self.thread.start()

    def _follow(self):
        for line in iter(self.lines.get, None):
            self.handle(line)
            self.handled += 1

    def handle(self, line):
        raise NotImplementedError


class ErrorFollower(Follower):
    def __init__(self, lines, pattern):
        super().__init__(lines)
        self.pattern = re.compile(pattern)
        self.errors = []

    def handle(self, line):
        if match := self.pattern.search(line):
            self.errors.append(match.group(1))


def write_log(lines):
    time.sleep(0.03)
    for line in ("GET /", "error: disk full", "GET /cart", "error: timeout"):
        lines.put(line)
    lines.put(None)


def main():
    lines = queue.Queue()
    writer = threading.Thread(target=write_log, args=(lines,))
    writer.start()
    follower = ErrorFollower(lines, r"error: (.+)")
    writer.join()
    follower.thread.join()
    return follower.handled, follower.errors
