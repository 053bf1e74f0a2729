"""A connection that is closed while a command drains has no writer any more when the command goes on."""

import asyncio


class Writer:
    def __init__(self):
        self.lines = []

    def write(self, line):
        self.lines.append(line)

    async def drain(self):
        await asyncio.sleep(0.001)


class Connection:
    def __init__(self):
        self._writer = Writer()
        self.closed_with = []

    async def send(self, *lines):
        for line in lines:
            self._writer.write(line)
            await self._writer.drain()

    async def disconnect(self):
        if self._writer is None:
            return
        self.closed_with = list(self._writer.lines)
        self._writer = None
        await asyncio.sleep(0)


async def main():
    connection = Connection()
    sending = asyncio.create_task(connection.send("MULTI", "GET a", "EXEC"))
    await asyncio.sleep(0.03)
    closing = asyncio.create_task(connection.disconnect())
    results = await asyncio.gather(sending, closing, return_exceptions=True)
    return [type(result).__name__ for result in results], len(connection.closed_with) in (1, 2, 3)
