"""Resetting replaces the lock, so that two critical sections can overlap."""

import asyncio


class Session:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.count = 0

    async def use(self):
        async with self.lock:
            count = self.count
            await asyncio.sleep(0)
            self.count = count + 1

    async def reset(self):
        self.lock = asyncio.Lock()
        await self.use()


async def main():
    session = Session()
    first = asyncio.create_task(session.use())
    await asyncio.sleep(0.01)
    second = asyncio.create_task(session.reset())
    await asyncio.gather(first, second)
    return session.count
