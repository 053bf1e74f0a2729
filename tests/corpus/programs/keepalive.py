"""A ping checks that the socket is open, waits, and writes to what may be closed by then."""

import asyncio


class Socket:
    def __init__(self):
        self.transport = []

    async def ping(self):
        if self.transport is not None:
            await asyncio.sleep(0)
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
