"""Two bookings swap rooms: each holds its own room and takes the other's."""

import asyncio
from collections import defaultdict


class Hotel:
    def __init__(self):
        self.guests = {1: "ann", 2: "bob", 3: "cy"}
        self.locks = defaultdict(asyncio.Lock)

    async def housekeeping(self):
        await asyncio.sleep(0)

    async def swap(self, mine, theirs):
        async with self.locks[mine]:
            await self.housekeeping()
            async with self.locks[theirs]:
                self.guests[mine], self.guests[theirs] = self.guests[theirs], self.guests[mine]


async def main():
    hotel = Hotel()
    swaps = []
    for pair in ((1, 2), (3, 1), (2, 3)):
        swaps.append(asyncio.create_task(hotel.swap(*pair)))
        await asyncio.sleep(0.004)
    await asyncio.gather(*swaps)
    return hotel.guests
