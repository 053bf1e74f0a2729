"""A server stops gracefully: no request is let in any more, and its store is closed when the last one has left."""

import logging
import threading
import time
from contextlib import contextmanager

logger = logging.getLogger("server")


class ServiceUnavailable(Exception):
    pass


class Gate:
    def __init__(self):
        self._changed = threading.Condition()
        self._inside = 0
        self._closing = False

    @contextmanager
    def entered(self):
        with self._changed:
            if self._closing:
                raise ServiceUnavailable
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify_all()

    def close(self):
        with self._changed:
            self._closing = True
            while self._inside:
                self._changed.wait()


class Store:
    def __init__(self):
        self.rows = {"ann": 3, "ben": 5}
        self.open = True

    def get(self, key):
        if not self.open:
            raise ValueError("the store is closed")
        time.sleep(0.01)
        return self.rows[key]

    def close(self):
        self.open = False
        self.rows = None


class Server:
    def __init__(self, store):
        self.store = store
        self.gate = Gate()

    def handle(self, key, statuses):
        try:
            with self.gate.entered():
                self.store.get(key)
                statuses.append(200)
        except ServiceUnavailable:
            statuses.append(503)

    def stop(self):
        self.gate.close()
        self.store.close()
        logger.debug("stopped")


def client(server, keys, statuses):
    for key in keys:
        server.handle(key, statuses)
        time.sleep(0.05)


def main():
    server, statuses = Server(Store()), []
    clients = [threading.Thread(target=client, args=(server, keys, statuses)) for keys in (["ann", "ben", "ann"], ["ben"])]
    for thread in clients:
        thread.start()
    time.sleep(0.08)
    server.stop()
    for thread in clients:
        thread.join()
    return len(statuses), set(statuses) <= {200, 503}


if __name__ == "__main__":
    assert main() == (4, True)
