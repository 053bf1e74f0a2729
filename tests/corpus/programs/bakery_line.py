"""Loaves go down a line of a bakery; whoever takes one from the belt works on it alone and passes it on."""

import asyncio
from dataclasses import dataclass, field

END = None


@dataclass
class Loaf:
    number: int
    grams: int = 0
    steps: list[str] = field(default_factory=list)


class Station:
    def __init__(self, name, seconds, work):
        self.name = name
        self.seconds = seconds
        self.work = work
        self.handled = 0

    async def run(self, incoming, outgoing):
        while (loaf := await incoming.get()) is not END:
            grams = loaf.grams
            await asyncio.sleep(self.seconds)
            loaf.grams = self.work(grams)
            loaf.steps.append(self.name)
            self.handled += 1
            await outgoing.put(loaf)
        await outgoing.put(END)


async def feed(belt, loaves):
    for number in range(loaves):
        await belt.put(Loaf(number))
    await belt.put(END)


async def collect(belt, rack):
    while (loaf := await belt.get()) is not END:
        rack.append(loaf)


async def main():
    stations = [
        Station("scale", 0.004, lambda grams: grams + 950),
        Station("shape", 0.008, lambda grams: grams - 10),
        Station("bake", 0.005, lambda grams: round(grams * 0.85)),
    ]
    belts = [asyncio.Queue(maxsize=2) for _ in range(len(stations) + 1)]
    rack = []
    async with asyncio.TaskGroup() as shift:
        shift.create_task(feed(belts[0], 5))
        for station, incoming, outgoing in zip(stations, belts, belts[1:], strict=False):
            shift.create_task(station.run(incoming, outgoing))
        shift.create_task(collect(belts[-1], rack))
    return [loaf.number for loaf in rack], {loaf.grams for loaf in rack}, [station.handled for station in stations]


if __name__ == "__main__":
    numbers, grams, handled = asyncio.run(main())
    assert grams == {799}, grams
    print(numbers, handled)
