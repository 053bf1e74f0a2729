"""The dispatching task reads frames from a reader that closing the protocol sets to None."""

import asyncio


class Reader:
    def __init__(self, frames):
        self.frames = list(frames)

    async def read(self, count):
        await asyncio.sleep(0.001)
        return [self.frames.pop(0) for _ in range(min(count, len(self.frames)))]


class Protocol:
    def __init__(self, frames):
        self.reader = Reader(frames)
        self.dispatched = []

    async def dispatch(self):
        header = await self.reader.read(1)
        payload = await self.reader.read(2)
        self.dispatched.append((header, payload))

    async def close(self):
        self.reader = None


async def main():
    protocol = Protocol(["begin", "a", "b"])
    dispatching = asyncio.create_task(protocol.dispatch())
    await asyncio.sleep(0.05)
    await protocol.close()
    await dispatching
    return protocol.dispatched
