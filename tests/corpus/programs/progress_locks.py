"""Locks by key live in a small cache that drops the least recently used, held or not; the next caller gets a new lock."""

import asyncio
from functools import lru_cache


@lru_cache(maxsize=2)
def progress_lock(run):
    return asyncio.Lock()


class Progress:
    def __init__(self):
        self.steps = {}

    async def advance(self, run):
        async with progress_lock(run):
            steps = self.steps.get(run, 0)
            await asyncio.sleep(0.002)
            self.steps[run] = steps + 1


async def main():
    progress_lock.cache_clear()
    progress = Progress()
    first = asyncio.create_task(progress.advance("a"))
    await asyncio.sleep(0.01)
    others = [asyncio.create_task(progress.advance(run)) for run in ("b", "c")]
    await asyncio.sleep(0.01)
    again = asyncio.create_task(progress.advance("a"))
    await asyncio.gather(first, *others, again)
    return progress.steps
