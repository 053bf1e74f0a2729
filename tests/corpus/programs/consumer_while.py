"""The consumer looks again after each wait."""

import asyncio


class Mailbox:
    def __init__(self):
        self.condition = asyncio.Condition()
        self.items = []

    async def put(self, item):
        async with self.condition:
            self.items.append(item)
            self.condition.notify()

    async def get(self):
        async with self.condition:
            while not self.items:
                await self.condition.wait()
            return self.items.pop()


async def main():
    mailbox = Mailbox()
    first = asyncio.create_task(mailbox.get())
    await asyncio.sleep(0.01)
    await mailbox.put(1)
    await asyncio.sleep(0.01)
    second = asyncio.create_task(mailbox.get())
    await asyncio.sleep(0.01)
    await mailbox.put(2)
    return sorted(await asyncio.gather(first, second))
