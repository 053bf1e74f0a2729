"""Four requests of one user against a limit of two a day, held in memory; gives how many were let through."""

import asyncio

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter


async def main():
    limiter = MovingWindowRateLimiter(MemoryStorage())
    limit = parse("2/day")

    async def request(delay):
        await asyncio.sleep(delay)
        return await limiter.hit(limit, "ann")

    allowed = await asyncio.gather(*(request(0.05 * turn) for turn in range(4)))
    return allowed.count(True)


if __name__ == "__main__":
    print(asyncio.run(main()))
