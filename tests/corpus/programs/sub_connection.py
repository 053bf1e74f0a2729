"""A pub/sub layer over one connection: a receiver task reads messages, a lost connection is replaced on next use."""

import asyncio
import contextlib
from itertools import count


class ConnectionLost(Exception):
    pass


class Connection:
    def __init__(self, number):
        self.number = number
        self.channels = set()
        self.closed = asyncio.get_running_loop().create_future()
        self._inbox = asyncio.Queue()

    @property
    def alive(self):
        return not self.closed.done()

    def drop(self):
        if self.alive:
            self.closed.set_result(None)

    async def read(self):
        message = asyncio.ensure_future(self._inbox.get())
        try:
            await asyncio.wait({message, self.closed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            message.cancel()
        if not self.alive:
            raise ConnectionLost(self.number)
        return message.result()


class PubSubLayer:
    def __init__(self):
        self._numbers = count(1)
        self._lock = asyncio.Lock()
        self._connection = None
        self._receive_task = None
        self.disconnects = 0

    async def _receive(self, connection):
        try:
            while True:
                await connection.read()
        except ConnectionLost:
            pass
        finally:
            await self._forget(connection)

    async def _forget(self, connection):
        async with self._lock:
            self.disconnects += 1
            if self._connection is connection:
                self._connection = None

    async def _stop_receiver(self):
        task, self._receive_task = self._receive_task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _get_connection(self):
        async with self._lock:
            if self._connection is None or not self._connection.alive:
                await self._stop_receiver()
                self._connection = Connection(next(self._numbers))
                self._receive_task = asyncio.create_task(self._receive(self._connection))
            return self._connection

    async def subscribe(self, channel):
        connection = await self._get_connection()
        connection.channels.add(channel)
        return connection.number

    async def close(self):
        await self._stop_receiver()


async def redis_restart(layer):
    await asyncio.sleep(0.01)
    if layer._connection is not None:
        layer._connection.drop()


async def consumer(layer, channel, after):
    await asyncio.sleep(after)
    return await layer.subscribe(channel)


async def main():
    layer = PubSubLayer()
    numbers = await asyncio.gather(consumer(layer, "chat", 0), consumer(layer, "news", 0.03), redis_restart(layer))
    await layer.close()
    return numbers[:2], layer.disconnects
