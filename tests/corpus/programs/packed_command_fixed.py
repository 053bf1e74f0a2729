"""Sending and disconnecting take a lock, and sending looks whether there is a writer."""

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
        self._lock = asyncio.Lock()

    async def send(self, *lines):
        async with self._lock:
            if self._writer is None:
                return False
            for line in lines:
                self._writer.write(line)
                await self._writer.drain()
        return True

    async def disconnect(self):
        async with self._lock:
            if self._writer is None:
                return
            self.closed_with = list(self._writer.lines)
            self._writer = None


async def main():
    connection = Connection()
    sending = asyncio.create_task(connection.send("MULTI", "GET a", "EXEC"))
    await asyncio.sleep(0.03)
    closing = asyncio.create_task(connection.disconnect())
    results = await asyncio.gather(sending, closing, return_exceptions=True)
    return [isinstance(result, Exception) for result in results], len(connection.closed_with) in (0, 3)
