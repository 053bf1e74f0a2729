"""The worker's result is added by the loop."""

import asyncio


class Stats:
    def __init__(self):
        self.total = 0

    def add(self, amount):
        self.total = self.total + amount


def work():
    return 2


async def main():
    stats = Stats()

    async def inside():
        stats.add(1)

    async def outside():
        stats.add(await asyncio.to_thread(work))

    await asyncio.gather(asyncio.create_task(outside()), asyncio.create_task(inside()))
    return stats.total
