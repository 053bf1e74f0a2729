"""Moving goods between stores waits for the label first, and then moves them in one step."""

import asyncio
from collections import Counter


class Depot:
    def __init__(self):
        self.stores = {"north": Counter(tea=10), "south": Counter(tea=2)}

    async def _print_label(self, what):
        await asyncio.sleep(0.001)

    async def move(self, what, count, source, target):
        await self._print_label(what)
        self.stores[source][what] -= count
        self.stores[target][what] += count

    def total(self, what):
        return sum(store[what] for store in self.stores.values())


async def main():
    depot = Depot()
    moving = asyncio.create_task(depot.move("tea", 4, "north", "south"))

    async def closing_time():
        await asyncio.sleep(0.05)
        moving.cancel()

    closing = asyncio.create_task(closing_time())
    await asyncio.wait([moving])
    await closing
    return depot.total("tea")
