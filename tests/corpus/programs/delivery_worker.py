"""Messages come in on the loop of a broker's connection and are handled by a worker thread, which acknowledges them.

After https://github.com/pika/pika/pull/1651
"""

import asyncio
import queue
import threading


class ThreadSafeChannel:
    PREFETCH = 2

    def __init__(self, loop, on_message):
        self._loop = loop
        self._on_message = on_message
        self._work = queue.Queue(maxsize=self.PREFETCH)
        self._worker = threading.Thread(target=self._consume, name="pika-worker")
        self.acked = []

    def open(self):
        self._worker.start()

    def deliver(self, tag, body):
        """Called on the loop for each message that comes in."""
        self._work.put((tag, body))

    def _consume(self):
        while (item := self._work.get()) is not None:
            self._on_message(self, *item)

    async def _send_ack(self, tag):
        self.acked.append(tag)

    def basic_ack(self, tag):
        """May be called from any thread; returns when the frame has been written."""
        asyncio.run_coroutine_threadsafe(self._send_ack(tag), self._loop).result()

    async def close(self):
        await asyncio.to_thread(self._work.put, None)
        await asyncio.to_thread(self._worker.join)


class Basket:
    def __init__(self):
        self.weights = {}

    def weigh(self, channel, tag, body):
        fruit, grams = body.split("=")
        self.weights[fruit] = self.weights.get(fruit, 0) + int(grams)
        channel.basic_ack(tag)


async def broker(channel, bodies):
    for tag, body in enumerate(bodies, start=1):
        channel.deliver(tag, body)
        await asyncio.sleep(0.02)


async def main():
    basket = Basket()
    channel = ThreadSafeChannel(asyncio.get_running_loop(), basket.weigh)
    channel.open()
    await broker(channel, ["fig=40", "plum=55", "fig=38", "pear=160", "plum=61", "fig=41"])
    await channel.close()
    return basket.weights, len(channel.acked)


if __name__ == "__main__":
    print(*asyncio.run(main()))
