"""Uploads run in a pool; a callback of each has its size saved on the loop."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def store(data):
    time.sleep(0.03)
    return len(data)


class Uploads:
    def __init__(self, loop, pool):
        self.loop = loop
        self.pool = pool
        self.saved = {}

    async def save(self, name, size):
        await asyncio.sleep(0.001)
        self.saved[name] = size

    async def upload(self, name, data):
        size = await self.loop.run_in_executor(self.pool, store, data)
        await self.save(name, size)


async def main():
    with ThreadPoolExecutor(2) as pool:
        uploads = Uploads(asyncio.get_running_loop(), pool)
        await asyncio.gather(uploads.upload("cat", b"123"), uploads.upload("dog", b"45"))
        return sorted(uploads.saved.items())
