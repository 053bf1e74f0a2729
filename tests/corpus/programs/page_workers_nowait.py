"""Workers take addresses from a queue until it is empty, each at the pace the site allows."""

import asyncio


class Pace:
    def __init__(self, seconds):
        self.seconds = seconds

    async def wait(self):
        await asyncio.sleep(self.seconds)


class Crawler:
    def __init__(self, addresses, pace):
        self.queue = asyncio.Queue()
        for address in addresses:
            self.queue.put_nowait(address)
        self.pace = pace
        self.pages = {}

    async def fetch(self, address):
        await asyncio.sleep(0.001)
        return len(address)

    async def worker(self, starts):
        await asyncio.sleep(starts)
        while True:
            await self.pace.wait()
            try:
                address = self.queue.get_nowait()
            except asyncio.QueueEmpty:
                return
            self.pages[address] = await self.fetch(address)


async def main():
    crawler = Crawler(["/", "/about", "/news"], Pace(0.002))
    await asyncio.gather(crawler.worker(0), crawler.worker(0.15))
    return sorted(crawler.pages.items())
