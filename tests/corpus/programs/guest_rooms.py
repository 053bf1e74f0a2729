"""A guest moves from room to room; each room's list is edited under its lock."""

import asyncio
from contextlib import asynccontextmanager


class Room:
    def __init__(self, name, *guests):
        self.name = name
        self.guests = list(guests)
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def editing(self):
        async with self._lock:
            await asyncio.sleep(0.001)
            yield self.guests


async def admit(room, guest):
    async with room.editing() as guests:
        guests.append(guest)
        guests.sort()


async def move(guest, source, target):
    async with source.editing() as guests:
        guests.remove(guest)
        await admit(target, guest)


async def porter(moves, begins):
    await asyncio.sleep(begins)
    for step in moves:
        await move(*step)


async def main():
    red, blue = Room("red", "ann", "cem"), Room("blue", "bob")
    await asyncio.gather(porter([("ann", red, blue)], 0), porter([("bob", blue, red)], 0.1))
    return red.guests, blue.guests
