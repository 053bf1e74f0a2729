"""A request is entered in the pool's list, then awaits; cancelled there, it stays in the list and takes a slot for ever."""

import asyncio


class Pool:
    def __init__(self, limit):
        self.limit = limit
        self.requests = []
        self.expired_closed = 0

    async def _close_expired(self):
        await asyncio.sleep(0.001)
        self.expired_closed += 1

    async def _transport(self, url):
        await asyncio.sleep(0.002)
        return f"200 {url}"

    async def handle(self, url):
        if len(self.requests) >= self.limit:
            return f"503 {url}"
        self.requests.append(url)
        await self._close_expired()
        try:
            return await self._transport(url)
        finally:
            self.requests.remove(url)


async def fetch(pool, url):
    try:
        return await asyncio.wait_for(pool.handle(url), 0.3)
    except TimeoutError:
        return f"timeout {url}"


async def main():
    pool = Pool(2)
    answers = await asyncio.gather(fetch(pool, "/a"), fetch(pool, "/b"))
    answers.append(await fetch(pool, "/c"))
    return answers, pool.requests
