"""Who needs a token while one is being fetched waits for that very fetch; the last one clears nothing that is not its own."""

import asyncio


class Issuer:
    def __init__(self):
        self.exchanges = 0

    async def exchange(self, refresh):
        self.exchanges += 1
        number = self.exchanges
        await asyncio.sleep(0.005)
        return f"access-{number}", f"{refresh}+"


class Credentials:
    def __init__(self, issuer):
        self.issuer = issuer
        self.access = None
        self.refresh = "r"
        self._flight = None

    async def _fetch(self):
        try:
            self.access, self.refresh = await self.issuer.exchange(self.refresh)
        finally:
            self._flight = None

    async def header(self):
        while self.access is None:
            if self._flight is None:
                self._flight = asyncio.create_task(self._fetch())
            await asyncio.shield(self._flight)
        return f"Bearer {self.access}"


async def impatient(credentials):
    try:
        async with asyncio.timeout(0.001):
            await credentials.header()
    except TimeoutError:
        pass


async def run():
    issuer = Issuer()
    credentials = Credentials(issuer)
    readers = [credentials.header() for _ in range(3)]
    _, *headers = await asyncio.gather(impatient(credentials), *readers)
    return headers, issuer.exchanges, credentials.refresh


def main():
    return asyncio.run(run())
