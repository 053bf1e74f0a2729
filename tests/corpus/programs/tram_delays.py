"""Delays of trams come from two feeds: a tram is announced once, by whichever feed has it first."""

import asyncio


class Board:
    def __init__(self):
        self.announced = {}
        self.spoken = []

    async def announce(self, tram, minutes):
        if tram in self.announced:
            return
        self.announced[tram] = minutes
        await self._speak(tram)

    async def _speak(self, tram):
        await asyncio.sleep(0.01)
        self.spoken.append(tram)


async def feed(board, delays, pause):
    for tram, minutes in delays:
        await asyncio.sleep(pause)
        await board.announce(tram, minutes)


async def main():
    board = Board()
    delays = [("4", 6), ("11", 3), ("9", 12)]
    async with asyncio.TaskGroup() as group:
        group.create_task(feed(board, delays, 0.02))
        group.create_task(feed(board, reversed(delays), 0.03))
    return sorted(board.spoken), sorted(board.announced.items())


if __name__ == "__main__":
    print(asyncio.run(main()))
