"""A producer puts into a short queue under the lock that the consumer needs before it takes the next item."""

import queue
import threading


class Pipe:
    def __init__(self, size):
        self._lock = threading.Lock()
        self._queue = queue.Queue(size)
        self.sequence = 0
        self.shown = []

    def produce(self, frame):
        with self._lock:
            self.sequence += 1
            self._queue.put((self.sequence, frame))

    def consume(self, count):
        for _ in range(count):
            with self._lock:
                expected = len(self.shown) + 1
            number, frame = self._queue.get()
            self.shown.append((number == expected, frame))


def main():
    pipe = Pipe(2)
    frames = ["intro", "title", "scene", "credits"]
    consumer = threading.Thread(target=pipe.consume, args=(len(frames),))

    def camera():
        for frame in frames:
            pipe.produce(frame)
            threading.Event().wait(0.005)

    producer = threading.Thread(target=camera)
    consumer.start()
    producer.start()
    producer.join()
    consumer.join()
    return pipe.shown
