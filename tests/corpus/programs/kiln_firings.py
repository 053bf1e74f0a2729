"""A kiln fires one batch at a time: a batch that is called off lets the next one in, and cools the kiln first."""

import asyncio
from contextlib import suppress


class Kiln:
    def __init__(self):
        self._lock = asyncio.Lock()
        self.temperature = 20
        self.fired = []

    async def fire(self, batch, degrees, seconds):
        async with self._lock:
            assert self.temperature == 20
            self.temperature = degrees
            try:
                await asyncio.sleep(seconds)
                self.fired.append(batch)
            finally:
                await asyncio.shield(self._cool())

    async def _cool(self):
        self.temperature = 20


async def main():
    kiln = Kiln()
    vases = asyncio.create_task(kiln.fire("vases", 1100, 0.2))
    tiles = asyncio.create_task(kiln.fire("tiles", 1240, 0.02))
    await asyncio.sleep(0.02)
    vases.cancel()
    with suppress(asyncio.CancelledError):
        await vases
    await tiles
    await kiln.fire("bowls", 980, 0.01)
    return kiln.temperature, "tiles" in kiln.fired, kiln.fired[-1]


if __name__ == "__main__":
    print(asyncio.run(main()))
