"""Cars wait at a gate until it is open, and not at all when it stands open already."""

import asyncio


class Gate:
    def __init__(self):
        self.changed = asyncio.Condition()
        self.is_open = False
        self.passed = []

    async def open(self):
        async with self.changed:
            self.is_open = True
            self.changed.notify_all()

    async def drive_through(self, car):
        async with self.changed:
            await self.changed.wait_for(lambda: self.is_open)
            self.passed.append(car)


async def harbour(gate, ferry_arrives):
    await asyncio.sleep(ferry_arrives)
    await gate.open()


async def car(gate, name, pays):
    await asyncio.sleep(pays)
    await gate.drive_through(name)


async def main():
    gate = Gate()
    await asyncio.gather(harbour(gate, 0.06), car(gate, "van", 0.001), car(gate, "bus", 0.002))
    return sorted(gate.passed), gate.is_open
