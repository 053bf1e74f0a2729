"""One sender empties the outbox whenever the bell has rung, and puts the bell back when the batch is out."""

import asyncio


class MailServer:
    def __init__(self):
        self.received = []

    async def send(self, batch):
        await asyncio.sleep(0.002)
        self.received.extend(batch)


class Outbox:
    def __init__(self, server):
        self.server = server
        self.pending = []
        self.bell = asyncio.Event()

    async def post(self, letter):
        receipt = asyncio.get_running_loop().create_future()
        self.pending.append((letter, receipt))
        self.bell.set()
        return await receipt

    async def run(self):
        while True:
            await self.bell.wait()
            batch, self.pending = self.pending, []
            await self.server.send([letter for letter, _ in batch])
            for letter, receipt in batch:
                receipt.set_result(f"sent {letter}")
            self.bell.clear()


async def writer(outbox, letter, delay):
    await asyncio.sleep(delay)
    return await outbox.post(letter)


async def main():
    server = MailServer()
    outbox = Outbox(server)
    sender = asyncio.create_task(outbox.run())
    receipts = await asyncio.gather(writer(outbox, "invoice", 0), writer(outbox, "reminder", 0.03))
    sender.cancel()
    return receipts, sorted(server.received), outbox.pending
