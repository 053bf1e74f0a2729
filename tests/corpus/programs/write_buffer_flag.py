"""The handler only leaves a note; whoever appends next flushes, outside the handler."""

import os
import signal
import threading
import time


class WriteBuffer:
    def __init__(self, limit):
        self._lock = threading.Lock()
        self._pending = []
        self._limit = limit
        self._asked = False
        self.written = []

    def append(self, record):
        with self._lock:
            self._pending.append(record)
            if self._asked or len(self._pending) >= self._limit:
                self._asked = False
                self._drain()

    def flush(self):
        with self._lock:
            self._drain()

    def _drain(self):
        self.written.extend(self._pending)
        self._pending.clear()

    def on_signal(self, number, frame):
        self._asked = True


def main():
    buffer = WriteBuffer(limit=3)
    previous = signal.signal(signal.SIGUSR1, buffer.on_signal)
    try:
        supervisor = threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGUSR1))
        for n in range(4):
            buffer.append(f"event {n}")
        supervisor.start()
        time.sleep(0.02)
        buffer.append("late event")
        supervisor.join()
        buffer.flush()
    finally:
        signal.signal(signal.SIGUSR1, previous)
    return buffer.written, len(buffer._pending)
