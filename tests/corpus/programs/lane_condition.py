"""Cars wait on a condition for a free wash lane; a car in a hurry drives off when its patience ends."""

import asyncio
from collections import deque


class Lanes:
    def __init__(self, names):
        self.free = deque(names)
        self._changed = asyncio.Condition()

    async def take(self):
        async with self._changed:
            while not self.free:
                await self._changed.wait()
            return self.free.popleft()

    async def give(self, lane):
        async with self._changed:
            self.free.append(lane)
            self._changed.notify()


class Car:
    def __init__(self, name, patience=None, washing=0.01):
        self.name = name
        self.patience = patience
        self.washing = washing

    async def wash(self, lanes, log):
        try:
            async with asyncio.timeout(self.patience):
                lane = await lanes.take()
        except TimeoutError:
            log.append((self.name, "left"))
            return
        try:
            await asyncio.sleep(self.washing)
            log.append((self.name, "washed"))
        finally:
            await lanes.give(lane)


async def main():
    lanes, log = Lanes(["lane-1"]), []
    cars = [Car("van"), Car("taxi", patience=0.5), Car("bus")]
    async with asyncio.TaskGroup() as group:
        for car in cars:
            group.create_task(car.wash(lanes, log))
    return sorted(name for name, _ in log), list(lanes.free)
