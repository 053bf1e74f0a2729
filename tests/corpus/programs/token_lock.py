"""A token is renewed under a lock by the first who finds it stale; the others look again and use it."""

import asyncio


class Auth:
    def __init__(self):
        self._lock = asyncio.Lock()
        self.token = ("t0", 0)
        self.renewals = 0

    async def _renew(self):
        self.renewals += 1
        number = self.renewals
        await asyncio.sleep(0.001)
        return f"t{number}", 100

    async def header(self, now):
        if self.token[1] <= now:
            async with self._lock:
                if self.token[1] <= now:
                    self.token = await self._renew()
        return f"Bearer {self.token[0]}"


async def main():
    auth = Auth()
    headers = await asyncio.gather(auth.header(10), auth.header(11), auth.header(12))
    return headers, auth.renewals
