"""Prints are developed on threads of a pool; the loop alone keeps the album, and threads post their progress to it."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


class Album:
    """Touched on the loop only."""

    def __init__(self, loop):
        self._loop = loop
        self.prints = []
        self.steps = 0

    def step_done(self):
        self._loop.call_soon_threadsafe(self._count)

    def _count(self):
        self.steps += 1

    def add(self, image):
        self.prints.append(image)


def develop(negative, album):
    for _ in range(3):
        time.sleep(0.005)
        album.step_done()
    return f"print of {negative}"


async def order(negative, pool, album):
    image = await asyncio.get_running_loop().run_in_executor(pool, develop, negative, album)
    album.add(image)


async def main():
    album = Album(asyncio.get_running_loop())
    with ThreadPoolExecutor(2) as pool:
        async with asyncio.TaskGroup() as orders:
            for negative in ("bridge", "dog", "harbour"):
                orders.create_task(order(negative, pool, album))
    await asyncio.sleep(0)
    return sorted(album.prints), album.steps


if __name__ == "__main__":
    assert asyncio.run(main())[1] == 9
