"""Readings of a scale come from a thread and are shown by an event loop, which is closed when the shop closes."""

import asyncio
import threading
import time


class LoopNotifier:
    """Hands readings to a loop as long as it is open."""

    def __init__(self, loop):
        self._loop = loop
        self.readings = []
        self.ended = asyncio.Event()

    def notify(self, reading):
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.readings.append, reading)

    def end(self):
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self.ended.set)


class Scale(threading.Thread):
    def __init__(self, notifier, grams):
        super().__init__(name="scale")
        self._notifier = notifier
        self._grams = grams
        self.port = "open"

    def run(self):
        for grams in self._grams:
            time.sleep(0.005)  # the scale settles
            self._notifier.notify(grams)
        self._notifier.end()
        self.port = "closed"


async def show(notifier, scale, opening_time):
    scale.start()
    await asyncio.sleep(opening_time)
    await notifier.ended.wait()
    return sum(notifier.readings)


def main():
    loop = asyncio.new_event_loop()
    try:
        notifier = LoopNotifier(loop)
        scale = Scale(notifier, [120, 480, 75])
        total = loop.run_until_complete(show(notifier, scale, opening_time=0.12))
        scale.join()
    finally:
        loop.close()
    return total, scale.port
