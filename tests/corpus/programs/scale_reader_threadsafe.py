"""A thread reads weights off a scale's serial port; an event loop sums up what lies on it, and blinks a lamp meanwhile."""

import asyncio
import threading
import time


class Port:
    """Stands for the serial port: a line now and then."""

    def __init__(self, *lines):
        self._lines = lines

    def readlines(self):
        for pause, line in self._lines:
            time.sleep(pause)
            yield line


class Scale:
    def __init__(self, port, expected):
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._all_in = asyncio.Event()
        self._expected = expected
        self.weights = []

    def start(self):
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for line in self._port.readlines():
            self._loop.call_soon_threadsafe(self._on_line, line)

    def _on_line(self, line):
        self.weights.append(int(line.removesuffix("g")))
        if len(self.weights) == self._expected:
            self._all_in.set()

    async def total(self):
        await self._all_in.wait()
        return sum(self.weights)


async def blink(lamp, times):
    for _ in range(times):
        lamp.append("on")
        await asyncio.sleep(0.005)


async def weigh():
    scale = Scale(Port((0.004, "250g"), (0.004, "80g"), (0.004, "1200g")), expected=3)
    scale.start()
    lamp = []
    total, _ = await asyncio.gather(scale.total(), blink(lamp, 12))
    return total, len(lamp)


def main():
    return asyncio.run(weigh())


if __name__ == "__main__":
    print(main())
