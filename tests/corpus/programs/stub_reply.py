"""A reply is set while the stub is locked; a callback that asks the stub again is run there and then."""

import itertools
import queue
import threading
import time
from concurrent.futures import Future


class Stub:
    def __init__(self):
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._pending = {}
        self._wire = queue.Queue()
        self._pump = threading.Thread(target=self._receive, daemon=True)
        self._pump.start()

    def call(self, name):
        future = Future()
        with self._lock:
            number = next(self._numbers)
            self._pending[number] = future
        self._wire.put((number, name))
        return future

    def _receive(self):
        while (message := self._wire.get()) is not None:
            number, name = message
            with self._lock:
                future = self._pending.pop(number)
                future.set_result(f"{name} done")

    def shutdown(self):
        self._wire.put(None)
        self._pump.join()
        return len(self._pending)


def main():
    stub = Stub()
    followed = queue.Queue()
    first = stub.call("compile")
    time.sleep(0.02)
    first.add_done_callback(lambda future: followed.put(stub.call("score")))
    second = followed.get()
    return first.result(), second.result(), stub.shutdown()
