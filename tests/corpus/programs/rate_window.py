"""A limiter counts and appends between two awaits, so no request slips in."""

import asyncio


class RateLimit:
    def __init__(self, limit):
        self.limit = limit
        self.hits = {}

    async def dispatch(self, client, now, handler):
        recent = [hit for hit in self.hits.get(client, []) if hit > now - 60]
        if len(recent) >= self.limit:
            self.hits[client] = recent
            return 429
        recent.append(now)
        self.hits[client] = recent
        return await handler(client)


async def handler(client):
    await asyncio.sleep(0.001)
    return 200


async def main():
    limit = RateLimit(2)
    statuses = await asyncio.gather(*(limit.dispatch("10.0.0.9", second, handler) for second in (100, 101, 102)))
    return sorted(statuses), len(limit.hits["10.0.0.9"])
