"""The ping looks and writes in one step."""

import asyncio


class Socket:
    def __init__(self):
        self.transport = []

    async def ping(self):
        await asyncio.sleep(0)
        if self.transport is not None:
            self.transport.append("ping")

    async def close(self):
        self.transport = None


async def main():
    socket = Socket()
    pinging = asyncio.create_task(socket.ping())
    await asyncio.sleep(0.01)
    closing = asyncio.create_task(socket.close())
    await asyncio.gather(pinging, closing)
    return socket.transport
