"""An API says in its headers how many calls are left; the limiter remembers that and lets nobody call when none is."""

import asyncio


class Api:
    def __init__(self, limit):
        self.left = limit
        self.rejected = 0

    async def get(self, path, latency):
        if self.left == 0:
            self.rejected += 1
            return {"status": 429, "remaining": 0}
        self.left -= 1
        headers = {"status": 200, "remaining": self.left}
        await asyncio.sleep(latency)
        return headers


class RateLimiter:
    def __init__(self, limit):
        self.remaining = limit
        self.held_back = 0

    def allow(self):
        if self.remaining == 0:
            self.held_back += 1
            return False
        return True

    def update_from_headers(self, headers):
        self.remaining = headers["remaining"]


class Client:
    def __init__(self, api, limiter):
        self.api = api
        self.limiter = limiter

    async def fetch(self, path, latency=0.002):
        if not self.limiter.allow():
            return None
        response = await self.api.get(path, latency)
        self.limiter.update_from_headers(response)
        return response["status"]


async def later(client, path, comes):
    await asyncio.sleep(comes)
    return await client.fetch(path)


async def main():
    api = Api(limit=2)
    client = Client(api, RateLimiter(limit=2))
    await asyncio.gather(later(client, "/tickets", 0), later(client, "/users", 0.05), later(client, "/groups", 0.1))
    return api.left, api.rejected
