"""Workers ask whether a queue is empty before they wait for its next item; a get from a queue that has items never waits."""

import asyncio


class Survey:
    def __init__(self, seeds):
        self.queue = asyncio.Queue()
        for seed in seeds:
            self.queue.put_nowait(seed)
        self.found = {}

    async def probe(self, seed):
        await asyncio.sleep(0.001 * (seed % 3))
        return seed * seed % 7

    async def worker(self):
        while not self.queue.empty():
            seed = await self.queue.get()
            self.found[seed] = await self.probe(seed)


async def main():
    survey = Survey(range(5))
    async with asyncio.TaskGroup() as workers:
        for _ in range(3):
            workers.create_task(survey.worker())
    return sorted(survey.found.items())
