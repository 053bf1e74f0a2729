"""Measured column widths are summed in a slot behind a property; two threads measure."""

import threading
import time


class Base:
    __slots__ = ("_total",)

    def __init__(self):
        self._total = 0

    @property
    def total(self):
        return self._total

    @total.setter
    def total(self, value):
        self._total = value


class Widths(Base):
    __slots__ = ("font",)

    def __init__(self, font):
        super().__init__()
        self.font = font

    def measure(self, text):
        before = self.total
        width = self.font(text)
        self.total = before + width


def monospace(text):
    time.sleep(0.001)
    return len(text) * 7


def reader(widths, cells, starts):
    time.sleep(starts)
    for cell in cells:
        widths.measure(cell)


def main():
    widths = Widths(monospace)
    threads = [threading.Thread(target=reader, args=a) for a in ((widths, ["id", "name"], 0), (widths, ["price"], 0.06))]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    return widths.total
