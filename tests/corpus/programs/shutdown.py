"""The pool is closed by a shutdown task while a request may still want a connection."""

import asyncio


class Connection:
    async def query(self):
        await asyncio.sleep(0)
        return 1


class Service:
    def __init__(self):
        self.connection = Connection()

    async def request(self):
        await asyncio.sleep(0.001)
        return await self.connection.query()

    async def shutdown(self):
        await asyncio.sleep(0.01)
        self.connection = None


async def main():
    service = Service()
    request = asyncio.create_task(service.request())
    closing = asyncio.create_task(service.shutdown())
    return (await asyncio.gather(request, closing))[0]
