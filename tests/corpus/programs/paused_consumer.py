"""A background thread consumes a stream; flow control pauses it while the subscriber has too much in hand."""

import threading
import time
from collections import deque


class Stream:
    def __init__(self, messages):
        self._messages = deque(messages)

    def recv(self):
        return self._messages.popleft() if self._messages else None


class BackgroundConsumer:
    def __init__(self, stream, on_message):
        self._stream = stream
        self._on_message = on_message
        self._wake = threading.Condition()
        self._paused = False
        self._thread = threading.Thread(target=self._run)

    def start(self):
        self._thread.start()

    def stop(self):
        self.resume()
        self._thread.join()

    def pause(self):
        with self._wake:
            self._paused = True

    def resume(self):
        with self._wake:
            self._paused = False
            self._wake.notify_all()

    def _run(self):
        while True:
            with self._wake:
                if self._paused:
                    self._wake.wait()
                message = self._stream.recv()
                if message is None:
                    return
                self._on_message(message)
            time.sleep(0.03)


class Subscriber:
    def __init__(self, messages):
        self.received = []
        self.consumer = BackgroundConsumer(Stream(messages), self.received.append)

    def pause_and_count(self):
        self.consumer.pause()
        return len(self.received)


def main():
    subscriber = Subscriber(["a", "b", "c", "d"])
    subscriber.consumer.pause()
    subscriber.consumer.start()
    time.sleep(0.02)
    subscriber.consumer.resume()
    time.sleep(0.01)
    had = subscriber.pause_and_count()
    time.sleep(0.05)
    late = len(subscriber.received) - had
    subscriber.consumer.stop()
    return late, subscriber.received
