"""Finished spans are encoded and written to the channel, until the exporter is closed."""

import asyncio


class Channel:
    def __init__(self):
        self.written = []
        self.flushed = False

    def write(self, payload):
        if self.flushed:
            raise ConnectionResetError("the channel is closed")
        self.written.append(payload)

    async def flush(self):
        await asyncio.sleep(0.001)
        self.flushed = True


class Exporter:
    def __init__(self, channel):
        self.channel = channel
        self.dropped = 0

    async def _encode(self, span):
        await asyncio.sleep(0.002)
        return f"{span}:{len(span)}"

    async def export(self, span):
        if self.channel is None:
            self.dropped += 1
            return
        payload = await self._encode(span)
        self.channel.write(payload)

    async def close(self):
        channel, self.channel = self.channel, None
        if channel is not None:
            await channel.flush()


async def main():
    channel = Channel()
    exporter = Exporter(channel)
    span = asyncio.create_task(exporter.export("GET /cart"))
    await asyncio.sleep(0.03)
    await exporter.close()
    await span
    return len(channel.written) + exporter.dropped, channel.flushed
