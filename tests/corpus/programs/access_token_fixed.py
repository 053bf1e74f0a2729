"""The refresh is made under a lock, which is taken before looking again."""

import asyncio


class Auth:
    def __init__(self):
        self.ticket = None
        self.issued = 0
        self.refreshing = asyncio.Lock()

    async def _fetch(self):
        await asyncio.sleep(0.001)
        self.issued += 1
        return f"ticket-{self.issued}"

    async def header(self):
        if self.ticket is None:
            async with self.refreshing:
                if self.ticket is None:
                    self.ticket = await self._fetch()
        return self.ticket


async def main():
    auth = Auth()
    first = asyncio.create_task(auth.header())
    await asyncio.sleep(0.01)
    second = asyncio.create_task(auth.header())
    return await asyncio.gather(first, second)
