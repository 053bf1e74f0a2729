"""The shutdown waits for the requests in flight."""

import asyncio


class Connection:
    async def query(self):
        await asyncio.sleep(0)
        return 1


class Service:
    def __init__(self):
        self.connection = Connection()
        self.requests = set()

    async def request(self):
        await asyncio.sleep(0.001)
        return await self.connection.query()

    async def shutdown(self):
        await asyncio.gather(*self.requests)
        self.connection = None


async def main():
    service = Service()
    request = asyncio.create_task(service.request())
    service.requests.add(request)
    closing = asyncio.create_task(service.shutdown())
    return (await asyncio.gather(request, closing))[0]
