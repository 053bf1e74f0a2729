"""Readings of a serial probe arrive on a thread and complete futures of an asyncio program, until the bridge is closed."""

import asyncio
import queue
import threading
from collections import deque


class Probe:
    """The blocking driver: a request is answered with a value."""

    def __init__(self):
        self._requests = queue.Queue()

    def request(self, channel):
        self._requests.put(channel)

    def close(self):
        self._requests.put(None)

    def readings(self):
        while (channel := self._requests.get()) is not None:
            yield channel, channel * 1.5


class Bridge:
    def __init__(self, probe):
        self._probe = probe
        self._loop = asyncio.get_running_loop()
        self._waiting = {}
        self._guard = threading.Lock()
        self._open = True
        self._thread = threading.Thread(target=self._pump, name="probe")
        self.unclaimed = 0

    def start(self):
        self._thread.start()

    def _pump(self):
        for channel, value in self._probe.readings():
            with self._guard:
                if self._open:
                    self._loop.call_soon_threadsafe(self._deliver, channel, value)

    def _deliver(self, channel, value):
        waiting = self._waiting.get(channel)
        future = waiting.popleft() if waiting else None
        if future is None or future.done():
            self.unclaimed += 1
        else:
            future.set_result(value)

    async def read(self, channel):
        future = self._loop.create_future()
        self._waiting.setdefault(channel, deque()).append(future)
        self._probe.request(channel)
        return await future

    async def close(self):
        with self._guard:
            self._open = False
        self._probe.close()
        await asyncio.to_thread(self._thread.join)


async def main():
    bridge = Bridge(Probe())
    bridge.start()
    impatient = asyncio.create_task(bridge.read(4))
    await asyncio.sleep(0)
    impatient.cancel()
    values = await asyncio.gather(bridge.read(1), bridge.read(4), bridge.read(2))
    await bridge.close()
    return values, impatient.cancelled()
