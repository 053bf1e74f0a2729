"""(c) 20,000 asyncio tasks over a Queue and a Lock with shared state."""

import asyncio

from timing import measured


class Stats:
    def __init__(self):
        self.done = 0
        self.by_kind = {}


async def worker(queue, lock, stats):
    kind = await queue.get()
    async with lock:
        seen = stats.by_kind.get(kind, 0)
        stats.by_kind[kind] = seen + 1
    await asyncio.sleep(0)
    stats.done += 1
    queue.task_done()


async def main(count=20_000):
    queue, lock, stats = asyncio.Queue(), asyncio.Lock(), Stats()
    tasks = [asyncio.create_task(worker(queue, lock, stats)) for _ in range(count)]
    for i in range(count):
        queue.put_nowait(i % 10)
        if i % 100 == 0:
            await asyncio.sleep(0)
    await queue.join()
    await asyncio.gather(*tasks)
    assert stats.done == count


if __name__ == "__main__":
    with measured():
        asyncio.run(main())
