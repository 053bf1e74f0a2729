"""Measurements are collected and sent in batches; whoever sends first takes all that was collected until then."""

import asyncio
from contextlib import asynccontextmanager


class Batcher:
    def __init__(self, send):
        self._send = send
        self._pending = []

    def record(self, name, value):
        self._pending.append((name, value))

    async def flush(self):
        batch, self._pending = self._pending, []
        if not batch:
            return
        try:
            await self._send(batch)
        except ConnectionError:
            self._pending = batch + self._pending

    async def drain(self):
        while self._pending:
            await self.flush()


@asynccontextmanager
async def flushing(batcher, every):
    """Flushes again and again, without waiting for the flushes before, and in the end until nothing is left."""
    flushes = []

    async def flush_forever():
        while True:
            await asyncio.sleep(every)
            flushes.append(asyncio.create_task(batcher.flush()))

    ticking = asyncio.create_task(flush_forever())
    try:
        yield
    finally:
        ticking.cancel()
        await asyncio.wait([ticking])
        await asyncio.gather(*flushes)
        await batcher.drain()


class Collector:
    """A server that refuses the first batch it is sent."""

    def __init__(self):
        self._refused = False
        self.received = []

    async def accept(self, batch):
        await asyncio.sleep(0.005)
        if not self._refused:
            self._refused = True
            raise ConnectionError("try again")
        self.received.extend(batch)


async def station(batcher, name, values):
    for value in values:
        batcher.record(name, value)
        await asyncio.sleep(0.01)


async def main():
    collector = Collector()
    batcher = Batcher(collector.accept)
    async with flushing(batcher, every=0.015):
        await asyncio.gather(station(batcher, "wind", [4, 6, 5]), station(batcher, "rain", [0, 1]))
    return sorted(collector.received)
