"""A job of a thread pool hands its result to the loop, which resolves the future."""

import asyncio
from concurrent.futures import ThreadPoolExecutor


class Feed:
    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.next_message = self.loop.create_future()

    def deliver(self, message):
        if not self.next_message.done():
            self.next_message.set_result(message)

    async def receive(self):
        return await self.next_message


def cron_job(feed):
    message = {"value": sum(range(100))}
    feed.loop.call_soon_threadsafe(feed.deliver, message)


async def ticker(ticks):
    for number in range(3):
        await asyncio.sleep(0.02)
        ticks.append(number)


async def main():
    feed = Feed()
    ticks = []
    ticking = asyncio.create_task(ticker(ticks))
    receiving = asyncio.create_task(feed.receive())
    await asyncio.sleep(0)
    scheduler = ThreadPoolExecutor(max_workers=1)
    scheduler.submit(cron_job, feed)
    message = await receiving
    await ticking
    scheduler.shutdown()
    return message, ticks
