"""A channel connects when it is first used; calls made meanwhile open more sockets."""

import asyncio


class Protocol:
    def __init__(self, number):
        self.number = number
        self.connection_lost = False

    async def call(self, method):
        await asyncio.sleep(0)
        return f"{method} by {self.number}"


class Channel:
    def __init__(self):
        self._protocol = None
        self.sockets = 0

    async def _create_connection(self):
        self.sockets += 1
        number = self.sockets
        await asyncio.sleep(0.001)
        return Protocol(number)

    async def connect(self):
        if self._protocol is None or self._protocol.connection_lost:
            self._protocol = await self._create_connection()
        return self._protocol

    async def request(self, method):
        protocol = await self.connect()
        return await protocol.call(method)


async def later(delay, coroutine):
    await asyncio.sleep(delay)
    return await coroutine


async def main():
    channel = Channel()
    replies = await asyncio.gather(channel.request("SayHello"), later(0.04, channel.request("SayBye")))
    return replies, channel.sockets
