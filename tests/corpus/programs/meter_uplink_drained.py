"""Readings are queued for the uplink thread, which ends at the mark after the last one; the display shows how many are sent so far."""

import queue
import threading
import time


class Uplink:
    def __init__(self):
        self.readings = queue.Queue()
        self.sent = 0
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while (reading := self.readings.get()) is not None:
            self.transmit(reading)

    def transmit(self, reading):
        time.sleep(0.001)
        self.sent += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.readings.put(None)
        self.thread.join()


def main():
    shown = []
    with Uplink() as uplink:
        for reading in (21.5, 21.7, 21.6):
            uplink.readings.put(reading)
            shown.append(uplink.sent)
        time.sleep(0.1)
    return uplink.sent, shown == sorted(shown)
