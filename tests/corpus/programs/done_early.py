"""A callback that is added just after a call looked at its callbacks is never called."""

import threading


class RemoteCall:
    def __init__(self):
        self._done = False
        self._callbacks = []
        self.result = None

    def finish(self, result):
        self.result = result
        callbacks = list(self._callbacks)
        self._done = True
        for callback in callbacks:
            callback(self)

    def add_done_callback(self, callback):
        if self._done:
            callback(self)
        else:
            self._callbacks.append(callback)


def main():
    call = RemoteCall()
    answered = threading.Event()
    rpc = threading.Timer(0.02, call.finish, args=("42",))
    rpc.start()
    call.add_done_callback(lambda done: answered.set())
    heard = answered.wait(0.5)
    rpc.join()
    return heard, call.result
