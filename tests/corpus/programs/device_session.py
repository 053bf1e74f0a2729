"""A client of a home device keeps one connection; when that stops, a task tells the subscribers and lets go of it."""

import asyncio


class Connection:
    def __init__(self, number, on_stop):
        self.number = number
        self._on_stop = on_stop
        self.stopped = False

    async def start(self):
        await asyncio.sleep(0.001)

    async def send(self, command):
        await asyncio.sleep(0.001)
        return f"{command} by {self.number}"

    def cleanup(self):
        self.stopped = True
        return asyncio.ensure_future(self._on_stop(self))


class Client:
    def __init__(self):
        self._connection = None
        self._made = 0
        self.states = []

    async def connect(self):
        if self._connection is not None and not self._connection.stopped:
            raise RuntimeError("already connected")
        self._made += 1
        connection = Connection(self._made, self._stopped)
        await connection.start()
        self._connection = connection

    async def _stopped(self, connection):
        await self._notify("unavailable")
        self._connection = None

    async def _notify(self, state):
        await asyncio.sleep(0.001)
        self.states.append(state)

    async def command(self, name):
        if self._connection is None:
            return "not connected"
        return await self._connection.send(name)


async def reconnect(client, pause):
    await asyncio.sleep(pause)
    await client.connect()


async def main():
    client = Client()
    await client.connect()
    stopping = client._connection.cleanup()
    await asyncio.gather(stopping, reconnect(client, 0.03))
    return await client.command("light on")
