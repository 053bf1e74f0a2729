"""Two bookings swap rooms: who needs two rooms stands at the desk until it has both."""

import asyncio
from collections import defaultdict


class Hotel:
    def __init__(self):
        self.guests = {1: "ann", 2: "bob", 3: "cy"}
        self.locks = defaultdict(asyncio.Lock)
        self.desk = asyncio.Lock()

    async def housekeeping(self):
        await asyncio.sleep(0)

    async def swap(self, mine, theirs):
        async with self.desk:
            await self.locks[mine].acquire()
            await self.locks[theirs].acquire()
        try:
            await self.housekeeping()
            self.guests[mine], self.guests[theirs] = self.guests[theirs], self.guests[mine]
        finally:
            self.locks[mine].release()
            self.locks[theirs].release()


async def main():
    hotel = Hotel()
    swaps = []
    for pair in ((1, 2), (3, 1), (2, 3)):
        swaps.append(asyncio.create_task(hotel.swap(*pair)))
        await asyncio.sleep(0.004)
    await asyncio.gather(*swaps)
    return sorted(hotel.guests.values())
