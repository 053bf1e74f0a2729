"""A spooler clears its event before it takes the work, so that nothing added later is missed."""

import asyncio


class Spooler:
    def __init__(self):
        self.pending = []
        self.added = asyncio.Event()
        self.printed = asyncio.Queue()

    def add(self, page):
        self.pending.append(page)
        self.added.set()

    async def run(self):
        while True:
            await self.added.wait()
            self.added.clear()
            batch, self.pending = self.pending, []
            for page in batch:
                await self._print(page)

    async def _print(self, page):
        await asyncio.sleep(0.001)
        self.printed.put_nowait(page)


async def main():
    spooler = Spooler()
    running = asyncio.create_task(spooler.run())

    async def person(after, page):
        await asyncio.sleep(after)
        spooler.add(page)

    people = asyncio.gather(person(0, "letter"), person(0.05, "poster"))
    pages = [await spooler.printed.get(), await spooler.printed.get()]
    await people
    running.cancel()
    return sorted(pages)
