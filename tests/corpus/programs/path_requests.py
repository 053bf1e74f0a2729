"""A daemon looks up network paths: the segments of a path arrive one by one, and the requester waits for all.

After https://github.com/scionproto/scion/issues/463
"""

import queue
import threading
import time


class PathDaemon:
    TIMEOUT = 0.5
    WAIT_CYCLES = 2

    def __init__(self):
        self.segments = {}
        self._waiting = {}
        self.requests = queue.Queue()

    def handle_reply(self, destination, kind, segment):
        self.segments[destination, kind] = segment
        event = self._waiting.get(destination)
        if event is not None:
            event.set()

    def _has_all(self, destination):
        return all((destination, kind) in self.segments for kind in ("up", "core"))

    def request_paths(self, destination):
        event = self._waiting[destination] = threading.Event()
        self.requests.put(destination)
        try:
            for _ in range(self.WAIT_CYCLES):
                if not event.wait(self.TIMEOUT):
                    break
                if self._has_all(destination):
                    return [self.segments[destination, kind] for kind in ("up", "core")]
                event.clear()
        finally:
            del self._waiting[destination]
        return []


def path_server(daemon):
    while (destination := daemon.requests.get()) is not None:
        daemon.handle_reply(destination, "up", f"edge->{destination}")
        time.sleep(0.1)
        daemon.handle_reply(destination, "core", f"core->{destination}")


def main():
    daemon = PathDaemon()
    server = threading.Thread(target=path_server, args=(daemon,))
    server.start()
    paths = daemon.request_paths("2-25")
    daemon.requests.put(None)
    server.join()
    return paths


if __name__ == "__main__":
    assert main() == ["edge->2-25", "core->2-25"]
