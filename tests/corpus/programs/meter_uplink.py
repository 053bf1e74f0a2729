"""Readings are queued for the uplink thread, which is told to stop when the last one has been queued."""

import queue
import threading
import time


class Uplink:
    def __init__(self):
        self.readings = queue.Queue()
        self.stopping = threading.Event()
        self.sent = 0
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stopping.is_set():
            try:
                reading = self.readings.get(timeout=0.01)
            except queue.Empty:
                continue
            self.transmit(reading)

    def transmit(self, reading):
        time.sleep(0.001)
        self.sent += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.stopping.set()
        self.thread.join()


def main():
    with Uplink() as uplink:
        for reading in (21.5, 21.7, 21.6):
            uplink.readings.put(reading)
        time.sleep(0.1)
    return uplink.sent
