"""A worker thread and a coroutine add to one total."""

import asyncio


class Stats:
    def __init__(self):
        self.total = 0

    def add(self, amount):
        self.total = self.total + amount


async def main():
    stats = Stats()

    async def inside():
        stats.add(1)

    outside = asyncio.create_task(asyncio.to_thread(stats.add, 2))
    await asyncio.gather(outside, asyncio.create_task(inside()))
    return stats.total
