"""Coroutines add what a worker thread found to the list as it is when they have it."""

import asyncio
import functools


def faces(image):
    return [f"{image}:{number}" for number in range(len(image) % 3 + 1)]


class Index:
    def __init__(self):
        self.found = ()

    async def add(self, image):
        loop = asyncio.get_running_loop()
        fresh = await loop.run_in_executor(None, functools.partial(faces, image))
        self.found = self.found + tuple(fresh)


async def upload(index, after, image):
    await asyncio.sleep(after)
    await index.add(image)


async def main():
    index = Index()
    await asyncio.gather(upload(index, 0, "cat"), upload(index, 0.08, "horse"))
    return sorted(index.found)
