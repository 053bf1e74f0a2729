"""A serial port is read in a thread, its lines cross to the loop, and slow parsing goes back to threads."""

import asyncio
import threading


class SerialPort(threading.Thread):
    def __init__(self, lines, on_line):
        super().__init__()
        self._lines = lines
        self._on_line = on_line

    def run(self):
        for line in self._lines:
            self._on_line(line)
        self._on_line(None)


class Feed:
    def __init__(self, loop):
        self._loop = loop
        self._inbox = asyncio.Queue()
        self.totals = {}
        self.last = None

    def from_thread(self, line):
        self._loop.call_soon_threadsafe(self._take, line)

    def _take(self, line):
        self.last = line or self.last
        self._inbox.put_nowait(line)

    @staticmethod
    def parse(line):
        name, _, value = line.partition("=")
        return name.strip(), int(value)

    async def run(self):
        while (line := await self._inbox.get()) is not None:
            name, value = await asyncio.to_thread(self.parse, line)
            self.totals[name] = self.totals.get(name, 0) + value


async def main():
    feed = Feed(asyncio.get_running_loop())
    port = SerialPort(["door=1", "heat = 20", "door=2"], feed.from_thread)
    port.start()
    await feed.run()
    await asyncio.to_thread(port.join)
    return sorted(feed.totals.items()), feed.last
