"""A thread measures the level of a pump; tasks ask it over the loop, and may give up before it answers."""

import asyncio
import queue
import threading
import time
from contextlib import suppress


def settle(future, level):
    if not future.done():
        future.set_result(level)


class Gauge:
    def __init__(self, loop):
        self._loop = loop
        self._questions = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._measure)
        self._thread.start()

    def _measure(self):
        level = 40
        while (future := self._questions.get()) is not None:
            time.sleep(0.02)
            level += 1
            self._loop.call_soon_threadsafe(settle, future, level)

    async def level(self):
        future = self._loop.create_future()
        self._questions.put(future)
        return await future

    async def close(self):
        self._questions.put(None)
        await asyncio.to_thread(self._thread.join)


async def main():
    gauge = Gauge(asyncio.get_running_loop())
    first = await gauge.level()
    hasty = asyncio.create_task(gauge.level())
    await asyncio.sleep(0.005)
    hasty.cancel()
    with suppress(asyncio.CancelledError):
        await hasty
    last = await gauge.level()
    await gauge.close()
    return first, last


if __name__ == "__main__":
    print(asyncio.run(main()))
