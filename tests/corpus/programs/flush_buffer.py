"""A batch writer empties its buffer after sending it; what came meanwhile is lost."""

import asyncio


class Writer:
    def __init__(self):
        self.buffer = []
        self.sent = []

    async def _send(self, batch):
        self.sent.extend(batch)
        await asyncio.sleep(0.001)

    async def flush(self):
        if self.buffer:
            await self._send(self.buffer)
            self.buffer = []

    async def write(self, item):
        self.buffer.append(item)


async def main():
    writer = Writer()
    await writer.write(1)
    flushing = asyncio.create_task(writer.flush())
    await asyncio.sleep(0.01)
    writing = asyncio.create_task(writer.write(2))
    await asyncio.gather(flushing, writing)
    await writer.flush()
    return writer.sent
