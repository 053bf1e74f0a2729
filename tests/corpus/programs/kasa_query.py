"""A query that is cancelled after it was sent leaves its answer on the wire for the next query to read."""

import asyncio
from collections import deque


class Device:
    def __init__(self, delays):
        self.delays = deque(delays)
        self.answers = asyncio.Queue()

    def send(self, text):
        loop = asyncio.get_running_loop()
        loop.call_later(self.delays.popleft(), self.answers.put_nowait, f"answer to {text}")


class Protocol:
    def __init__(self, device):
        self._device = device
        self._lock = asyncio.Lock()
        self.reconnects = 0

    async def _exchange(self, text):
        self._device.send(text)
        return await self._device.answers.get()

    async def query(self, text):
        async with self._lock:
            try:
                return await self._exchange(text)
            except OSError:
                self.reconnects += 1
                raise


async def ask(protocol, text):
    try:
        return await asyncio.wait_for(protocol.query(text), 0.2)
    except TimeoutError:
        return None


async def main():
    protocol = Protocol(Device([0.001, 0.002, 0.001]))
    answers = [await ask(protocol, text) for text in ("brightness", "energy", "state")]
    return answers, protocol.reconnects
