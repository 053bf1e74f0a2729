"""Locks by key are kept as long as anybody holds them."""

import asyncio
from weakref import WeakValueDictionary

locks = WeakValueDictionary()


def progress_lock(run):
    lock = locks.get(run)
    if lock is None:
        lock = locks[run] = asyncio.Lock()
    return lock


class Progress:
    def __init__(self):
        self.steps = {}

    async def advance(self, run):
        lock = progress_lock(run)
        async with lock:
            steps = self.steps.get(run, 0)
            await asyncio.sleep(0.002)
            self.steps[run] = steps + 1


async def main():
    progress = Progress()
    first = asyncio.create_task(progress.advance("a"))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(progress.advance(run)) for run in ("b", "c")]
    await asyncio.sleep(0.01)
    again = asyncio.create_task(progress.advance("a"))
    await asyncio.gather(first, *others, again)
    return progress.steps
