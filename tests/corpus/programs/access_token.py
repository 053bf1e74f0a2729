"""Two requests find the token expired and both refresh it; the second refresh voids the first token."""

import asyncio


class Auth:
    def __init__(self):
        self.ticket = None
        self.issued = 0

    async def _fetch(self):
        await asyncio.sleep(0.001)
        self.issued += 1
        return f"ticket-{self.issued}"

    async def header(self):
        if self.ticket is None:
            self.ticket = await self._fetch()
        return self.ticket


async def main():
    auth = Auth()
    first = asyncio.create_task(auth.header())
    await asyncio.sleep(0.01)
    second = asyncio.create_task(auth.header())
    return await asyncio.gather(first, second)
