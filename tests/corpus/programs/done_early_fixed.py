"""Looking and adding, and finishing and looking, are made under one lock."""

import threading


class RemoteCall:
    def __init__(self):
        self._lock = threading.Lock()
        self._done = False
        self._callbacks = []
        self.result = None

    def finish(self, result):
        with self._lock:
            self.result = result
            callbacks = list(self._callbacks)
            self._done = True
        for callback in callbacks:
            callback(self)

    def add_done_callback(self, callback):
        with self._lock:
            if not self._done:
                self._callbacks.append(callback)
                return
        callback(self)


def main():
    call = RemoteCall()
    answered = threading.Event()
    rpc = threading.Timer(0.02, call.finish, args=("42",))
    rpc.start()
    call.add_done_callback(lambda done: answered.set())
    heard = answered.wait(0.5)
    rpc.join()
    return heard, call.result
