"""A board with motors sends lines; a thread calls what is registered for them, and close() waits for it when all lines are done.

After https://github.com/RaspberryPiFoundation/python-build-hat/pull/13
"""

import queue
import threading
import time


class Board:
    def __init__(self):
        self._lock = threading.RLock()
        self._callbacks = {}
        self._lines = queue.Queue()
        self._closed = False
        self._thread = threading.Thread(target=self._loop, name="callbacks")
        self._thread.start()

    def on(self, port, callback):
        with self._lock:
            self._callbacks[port] = callback

    def received(self, port, value):
        self._lines.put((port, value))

    def _loop(self):
        while (line := self._lines.get()) is not None:
            port, value = line
            with self._lock:
                callback = self._callbacks.get(port)
            if callback is not None:
                callback(value)

    def close(self):
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self._lines.put(None)
        self._thread.join()


def motor(board):
    for angle in (10, 20):
        board.received("A", angle)
        time.sleep(0.02)


def main():
    angles = []
    board = Board()
    board.on("A", angles.append)
    turning = threading.Thread(target=motor, args=(board,), name="motor")
    turning.start()
    turning.join()
    time.sleep(0.1)
    board.close()
    return angles


if __name__ == "__main__":
    print(main())
