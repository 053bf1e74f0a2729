"""Every request is given a number by a counter that hands one out in one step, and its line goes to a log in one step."""

import itertools
import threading
import time
from collections import deque


class RequestLog:
    def __init__(self, size):
        self.lines = deque(maxlen=size)

    def write(self, number, path):
        self.lines.append((number, path))


class Server:
    def __init__(self, log):
        self.log = log
        self._numbers = itertools.count(1)
        self._sessions = {}

    def session(self, user):
        return self._sessions.setdefault(user, [])

    def handle(self, user, path):
        number = next(self._numbers)
        self.session(user).append(path)
        self.log.write(number, path)


def browse(server, user, paths, begins):
    time.sleep(begins)
    for path in paths:
        server.handle(user, path)


def main():
    log = RequestLog(16)
    server = Server(log)
    visits = [("ada", ["/", "/cart"], 0), ("ada", ["/item"], 0), ("bob", ["/"], 0.01)]
    threads = [threading.Thread(target=browse, args=(server, *visit)) for visit in visits]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (
        sorted(number for number, _ in log.lines),
        sorted(path for _, path in log.lines),
        sorted((user, sorted(paths)) for user, paths in server._sessions.items()),
    )
