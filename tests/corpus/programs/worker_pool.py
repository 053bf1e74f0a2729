"""Workers take jobs from a queue and put results into another."""

import asyncio


async def worker(jobs, results):
    while True:
        number = await jobs.get()
        if number is None:
            return
        await asyncio.sleep(0)
        await results.put(number * number)


async def main():
    jobs, results = asyncio.Queue(), asyncio.Queue()
    workers = [asyncio.create_task(worker(jobs, results)) for _ in range(3)]
    for number in range(6):
        await jobs.put(number)
    for _ in workers:
        await jobs.put(None)
    await asyncio.gather(*workers)
    return sorted(results.get_nowait() for _ in range(6))
