"""Threads wait for results that whichever thread serves the connection brings.

After https://github.com/tomerfiliba-org/rpyc/issues/490
"""

import queue
import threading
import time


class AsyncResult:
    def __init__(self, connection):
        self._connection = connection
        self._ready = False
        self._value = None

    def set(self, value):
        with self._connection.arrived:
            self._value = value
            self._ready = True
            self._connection.arrived.notify_all()

    @property
    def ready(self):
        return self._ready

    def wait(self):
        with self._connection.arrived:
            self._connection.arrived.wait_for(lambda: self.ready)
            return self._value


class Connection:
    def __init__(self):
        self.arrived = threading.Condition()
        self._channel = queue.Queue()
        self._results = {}
        self._server = threading.Thread(target=self._serve)
        self._server.start()

    def request(self, name):
        result = self._results[name] = AsyncResult(self)
        self._channel.put(name)
        return result

    def _serve(self):
        while (name := self._channel.get()) is not None:
            time.sleep(0.1)
            self._results.pop(name).set(f"root of {name}")

    def close(self):
        self._channel.put(None)
        self._server.join()


def main():
    connection = Connection()
    roots = []
    for name in ("alpha", "beta"):
        result = connection.request(name)
        roots.append(result.wait())
    connection.close()
    return roots


if __name__ == "__main__":
    assert main() == ["root of alpha", "root of beta"]
