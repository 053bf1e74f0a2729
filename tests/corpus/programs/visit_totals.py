"""Handlers add to totals and sets; whichever comes first, the sums are the same."""

import asyncio
from collections import Counter


class Totals:
    def __init__(self):
        self.visits = 0
        self.pages = Counter()
        self.visitors = set()

    async def record(self, visitor, page):
        await asyncio.sleep(0.001)
        self.visits += 1
        self.pages[page] += 1
        await asyncio.sleep(0.001)
        self.visitors.add(visitor)


async def main():
    totals = Totals()
    seen = [("ann", "/"), ("bob", "/"), ("ann", "/help")]
    await asyncio.gather(*(totals.record(visitor, page) for visitor, page in seen))
    return totals.visits, dict(totals.pages), sorted(totals.visitors)
