"""A camera hands its frames to an encoder through a single place, and two semaphores say whose turn it is."""

import threading
import zlib


class OnePlace:
    """A place for one frame: `put` waits until it is free, `take` until there is a frame."""

    def __init__(self):
        self._free = threading.Semaphore(1)
        self._filled = threading.Semaphore(0)
        self._frame = None
        self.handed_over = 0

    def put(self, frame):
        self._free.acquire()
        self._frame = frame
        self._filled.release()

    def take(self):
        self._filled.acquire()
        frame, self._frame = self._frame, None
        self.handed_over += 1
        self._free.release()
        return frame


def capture(place, count):
    for number in range(count):
        place.put(bytes([number]) * 64)
    place.put(None)


def encode(place, checksums):
    while (frame := place.take()) is not None:
        checksums.append(zlib.crc32(zlib.compress(frame)))


def main():
    place = OnePlace()
    checksums = []
    camera = threading.Thread(target=capture, args=(place, 5))
    encoder = threading.Thread(target=encode, args=(place, checksums))
    encoder.start()
    camera.start()
    camera.join()
    encoder.join()
    return place.handed_over, checksums
