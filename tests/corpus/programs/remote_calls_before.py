"""A connection calls functions of another side: a thread reads the replies, and gives each to its callback.

After https://github.com/tomerfiliba-org/rpyc/pull/136
"""

import itertools
import queue
import threading
import time


class Remote(threading.Thread):
    def __init__(self):
        super().__init__()
        self.requests, self.replies = queue.Queue(), queue.Queue()

    def run(self):
        while (request := self.requests.get()) is not None:
            serial, function, argument = request
            time.sleep(0.05)
            self.replies.put((serial, f"{function}({argument})"))
        self.replies.put(None)


class Connection:
    def __init__(self, remote):
        self._remote = remote
        self._serials = itertools.count()
        self._callbacks = {}
        self._reader = threading.Thread(target=self._serve)
        self._reader.start()

    def _serve(self):
        while (reply := self._remote.replies.get()) is not None:
            serial, value = reply
            callback = self._callbacks.pop(serial, None)
            if callback is not None:
                callback(value)

    def async_request(self, function, argument, callback):
        serial = next(self._serials)
        self._callbacks[serial] = callback
        self._remote.requests.put((serial, function, argument))

    def close(self):
        self._remote.requests.put(None)
        self._reader.join()


def main():
    remote = Remote()
    remote.start()
    connection = Connection(remote)
    values = []
    for argument in range(2):
        connection.async_request("square", argument, values.append)
    connection.close()
    remote.join()
    return values


if __name__ == "__main__":
    assert main() == ["square(0)", "square(1)"]
