"""A handler in a thread pool posts events to a queue that a task of the loop writes out."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


class EventPoster:
    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.queue = asyncio.Queue()
        self.posted = []

    def event(self, reason):
        self.loop.call_soon_threadsafe(self.queue.put_nowait, reason)

    async def run(self):
        await self.open()
        while (reason := await self.queue.get()) != "deleted":
            self.posted.append(reason)

    async def open(self):
        await asyncio.sleep(0.1)


def on_delete(poster):
    poster.event("finalizing")
    time.sleep(0.002)
    poster.event("deleted")


async def main():
    poster = EventPoster()
    with ThreadPoolExecutor(1) as pool:
        pool.submit(on_delete, poster)
        await poster.run()
    return poster.posted
