"""A drainer pops an item and then awaits the write; stopped in between, the item is in no list."""

import asyncio


class Spool:
    def __init__(self):
        self.queue = []
        self.written = []
        self.more = asyncio.Condition()

    async def add(self, item):
        async with self.more:
            self.queue.append(item)
            self.more.notify()

    async def store(self, item):
        await asyncio.sleep(0.001)
        self.written.append(item)

    async def drain(self):
        while True:
            async with self.more:
                while not self.queue:
                    await self.more.wait()
                item = self.queue.pop(0)
            await self.store(item)


async def main():
    spool = Spool()
    drainer = asyncio.create_task(spool.drain())
    for item in ("a", "b"):
        await spool.add(item)
    await asyncio.sleep(0.06)
    drainer.cancel()
    await asyncio.gather(drainer, return_exceptions=True)
    for item in spool.queue:
        await spool.store(item)
    return spool.written
