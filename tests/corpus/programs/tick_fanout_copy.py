"""Ticks go to the queues of those who listen when the tick comes; who leaves meanwhile has a tick more in a queue nobody reads."""

import asyncio
from contextlib import asynccontextmanager


class Hub:
    def __init__(self):
        self.listeners = set()

    @asynccontextmanager
    async def listening(self):
        inbox = asyncio.Queue(maxsize=4)
        self.listeners.add(inbox)
        try:
            yield inbox
        finally:
            self.listeners.discard(inbox)

    async def publish(self, tick):
        sent = 0
        for inbox in tuple(self.listeners):
            await self.deliver(inbox, tick)
            sent += 1
        return sent

    async def deliver(self, inbox, tick):
        await asyncio.sleep(0)
        await inbox.put(tick)


async def listen(hub, wants):
    async with hub.listening() as inbox:
        ticks = [await inbox.get() for _ in range(wants)]
        await draw(ticks)
        return ticks


async def draw(ticks):
    await asyncio.sleep(0.01 * len(ticks))


async def main():
    hub = Hub()
    first = asyncio.create_task(listen(hub, 2))
    await asyncio.sleep(0.004)
    await hub.publish(1)
    late = asyncio.create_task(listen(hub, 1))
    await asyncio.sleep(0.03)
    publishing = asyncio.create_task(hub.publish(2))
    done = await asyncio.gather(first, late, publishing, return_exceptions=True)
    return done[0], done[1], isinstance(done[2], Exception)
