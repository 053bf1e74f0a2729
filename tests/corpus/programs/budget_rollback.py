"""A campaign's budget is taken before an advert is placed, and put back when the market refuses it."""

import asyncio

BUDGET = {"spring": 100}


async def place(advert):
    await asyncio.sleep(0.002)
    return not advert.startswith("bad")


async def spend(campaign, advert, cents):
    left = BUDGET[campaign]
    if left < cents:
        return False
    BUDGET[campaign] = left - cents
    if await place(advert):
        return True
    BUDGET[campaign] = left
    return False


async def main():
    BUDGET["spring"] = 100

    async def later(*advert):
        await asyncio.sleep(0.03)
        return await spend(*advert)

    placed = await asyncio.gather(spend("spring", "bad-banner", 10), later("spring", "poster", 30))
    return placed, BUDGET["spring"]
