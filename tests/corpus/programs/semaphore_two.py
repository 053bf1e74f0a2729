"""A semaphore with two units is taken for a lock."""

import asyncio


class Meter:
    def __init__(self):
        self.total = 0
        self.limit = asyncio.Semaphore(2)

    async def add(self, amount):
        async with self.limit:
            total = self.total
            await asyncio.sleep(0)
            self.total = total + amount


async def main():
    meter = Meter()
    first = asyncio.create_task(meter.add(1))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(meter.add(2))
    await asyncio.gather(first, second)
    return meter.total
