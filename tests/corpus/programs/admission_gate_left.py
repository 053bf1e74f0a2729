"""A parser takes as many documents at a time as it has room for; who waits for long is noted in a log."""

import asyncio


class AdmissionGate:
    def __init__(self, slots):
        self._slots = asyncio.Semaphore(slots)
        self.in_use = 0

    async def acquire(self):
        await self._slots.acquire()
        self.in_use += 1

    def release(self):
        self.in_use -= 1
        self._slots.release()


class Parser:
    def __init__(self, gate, warn_after):
        self._gate = gate
        self._warn_after = warn_after
        self.log = []
        self.parsed = []

    async def _admit(self, name):
        """Waits for room, however long it takes, and says so when it takes long."""
        acquiring = asyncio.create_task(self._gate.acquire())
        try:
            admitted, _ = await asyncio.wait([acquiring], timeout=self._warn_after)
            if not admitted:
                self.log.append(f"{name} waits for long")
                await asyncio.wait([acquiring])
        except asyncio.CancelledError:
            if not acquiring.cancel():  # it was let in meanwhile
                self._gate.release()
            raise

    async def parse(self, name, read_pages):
        await self._admit(name)
        try:
            await read_pages()
            self.parsed.append(name)
        finally:
            self._gate.release()


async def few_pages():
    await asyncio.sleep(0.02)


async def endless_pages():
    while True:
        await asyncio.sleep(0.05)


async def upload(parser, name, after, read_pages):
    await asyncio.sleep(after)
    await parser.parse(name, read_pages)


async def main():
    gate = AdmissionGate(slots=1)
    parser = Parser(gate, warn_after=0.3)
    invoice = asyncio.create_task(upload(parser, "invoice.pdf", 0.0, few_pages))
    atlas = asyncio.create_task(upload(parser, "atlas.pdf", 0.01, endless_pages))
    await asyncio.sleep(0.08)
    atlas.cancel()  # the client has gone
    await asyncio.wait([invoice, atlas])
    await parser.parse("letter.pdf", few_pages)
    return parser.parsed, gate.in_use
