"""Frames of a camera run through stages on threads; each stage changes the frame it has been handed."""

import queue
import threading
from dataclasses import dataclass, field

END = object()


@dataclass
class Frame:
    number: int
    pixels: list
    notes: list = field(default_factory=list)


class Stage(threading.Thread):
    def __init__(self, inbox, outbox):
        super().__init__(name=type(self).__name__.lower())
        self._inbox = inbox
        self._outbox = outbox
        self.handled = 0

    def work(self, frame):
        raise NotImplementedError

    def run(self):
        while (frame := self._inbox.get()) is not END:
            self.work(frame)
            frame.notes.append(self.name)
            self.handled += 1
            self._outbox.put(frame)
        self._outbox.put(END)


class Denoise(Stage):
    def work(self, frame):
        previous = frame.pixels[0]
        for index, value in enumerate(frame.pixels):
            frame.pixels[index] = (previous + value) // 2
            previous = value


class Exposure(Stage):
    gain = 2

    def work(self, frame):
        frame.pixels[:] = [min(255, value * self.gain) for value in frame.pixels]


class Camera:
    def __init__(self, shots):
        self._shots = shots

    def frames(self):
        for number in range(self._shots):
            yield Frame(number, [(number * 40 + column * 17) % 200 for column in range(4)])


def main():
    raw, clean, bright = queue.Queue(2), queue.Queue(2), queue.Queue()
    stages = [Denoise(raw, clean), Exposure(clean, bright)]
    for stage in stages:
        stage.start()
    for frame in Camera(3).frames():
        raw.put(frame)
    raw.put(END)
    finished = list(iter(bright.get, END))
    for stage in stages:
        stage.join()
    return [(frame.number, sum(frame.pixels), frame.notes) for frame in finished], [stage.handled for stage in stages]
