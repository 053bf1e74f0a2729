"""Callers of flush wait until the writer has written everything; the event for that is made by who asks."""

import asyncio


class Writer:
    def __init__(self):
        self.lines = []
        self.written = []
        self._flushed = None
        self._wake = asyncio.Event()

    def write(self, line):
        self.lines.append(line)

    async def flush(self):
        self._flushed = asyncio.Event()
        self._wake.set()
        await self._flushed.wait()

    async def run(self, rounds):
        while len(self.written) < rounds:
            await self._wake.wait()
            self._wake.clear()
            batch, self.lines = self.lines, []
            await asyncio.sleep(0.002)
            self.written += batch
            if self._flushed is not None:
                self._flushed.set()


async def save(writer, line, begins):
    await asyncio.sleep(begins)
    writer.write(line)
    await writer.flush()
    return line


async def main():
    writer = Writer()
    running = asyncio.create_task(writer.run(2))
    saved = await asyncio.gather(save(writer, "one", 0), save(writer, "two", 0.06))
    await running
    return saved, sorted(writer.written)
