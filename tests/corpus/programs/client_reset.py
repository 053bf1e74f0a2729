"""A client of a former loop is closed, with an await, under a lock of threads."""

import asyncio
import threading


class ApiClient:
    def __init__(self, number):
        self.number = number
        self.closed = False

    async def aclose(self):
        await asyncio.sleep(0.001)
        self.closed = True


class Tracer:
    def __init__(self):
        self._mutex = threading.Lock()
        self._client = ApiClient(1)
        self._stale = True

    async def client(self):
        with self._mutex:
            if self._stale:
                self._stale = False
                await self._client.aclose()
                self._client = ApiClient(2)
            return self._client

    async def export(self, after, span):
        await asyncio.sleep(after)
        client = await self.client()
        return span, client.number


async def main():
    tracer = Tracer()
    return await asyncio.gather(tracer.export(0, "root"), tracer.export(0.05, "child"))
