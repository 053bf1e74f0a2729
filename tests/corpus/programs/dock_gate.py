"""Ships move containers between docks and take the locks of two docks in either order, behind one gate."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Dock:
    name: str
    containers: int
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Harbour:
    def __init__(self, *docks):
        self.docks = {dock.name: dock for dock in docks}
        self._gate = asyncio.Lock()
        self.moves = []

    async def _carry(self):
        await asyncio.sleep(0.002)

    async def move(self, source, target, count):
        async with self._gate:
            async with self.docks[source].lock:
                left = self.docks[source].containers - count
                await self._carry()
                async with self.docks[target].lock:
                    self.docks[source].containers = left
                    self.docks[target].containers += count
        self.moves.append((source, target, count))

    async def load(self, name, count):
        dock = self.docks[name]
        async with dock.lock:
            before = dock.containers
            await self._carry()
            dock.containers = before + count


async def main():
    harbour = Harbour(Dock("north", 10), Dock("south", 5))
    async with asyncio.TaskGroup() as group:
        group.create_task(harbour.move("north", "south", 3))
        group.create_task(harbour.move("south", "north", 1))
        group.create_task(harbour.load("south", 4))
    return [(dock.name, dock.containers) for dock in harbour.docks.values()], sorted(harbour.moves)
