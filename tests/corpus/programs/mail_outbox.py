"""Mails wait in an outbox for a task that sends what is there and commits."""

import asyncio
from collections import deque


class Outbox:
    def __init__(self):
        self._waiting = deque()
        self._ready = asyncio.Event()
        self.sent = []
        self.commits = 0

    async def send(self, mail):
        receipt = asyncio.get_running_loop().create_future()
        self._waiting.append((mail, receipt))
        self._ready.set()
        return await receipt

    async def run(self):
        while await self._ready.wait():
            self._deliver()
            await self._commit()
            self._ready.clear()

    def _deliver(self):
        while self._waiting:
            mail, receipt = self._waiting.popleft()
            self.sent.append(mail)
            receipt.set_result(len(self.sent))

    async def _commit(self):
        await asyncio.sleep(0.002)
        self.commits += 1


async def author(outbox, mail, writes):
    await asyncio.sleep(writes)
    return await outbox.send(mail)


async def main():
    outbox = Outbox()
    running = asyncio.create_task(outbox.run())
    numbers = await asyncio.gather(author(outbox, "a@x", 0.01), author(outbox, "b@x", 0.15))
    running.cancel()
    return numbers, outbox.sent
