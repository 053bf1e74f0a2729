"""Retries of all requests are counted in one attribute that each resets."""

import asyncio


class Client:
    def __init__(self):
        self.attempts = 0

    async def _once(self, failures):
        await asyncio.sleep(0)
        return self.attempts >= failures

    async def request(self, failures):
        self.attempts = 0
        while not await self._once(failures):
            self.attempts += 1
            if self.attempts > 3:
                return "gave up"
        return self.attempts


async def main():
    client = Client()
    first = asyncio.create_task(client.request(2))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(client.request(1))
    return await asyncio.gather(first, second)
