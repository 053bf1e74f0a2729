"""The web's loop and the scheduler's loop, in two threads, share one lock of asyncio."""

import asyncio
import threading


class JobTable:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.statuses = {}

    async def put(self, job, status):
        async with self.lock:
            history = self.statuses.get(job, [])
            await asyncio.sleep(0.001)
            self.statuses[job] = [*history, status]


async def schedule(table, jobs):
    for job in jobs:
        await table.put(job, "scheduled")


class SchedulerThread(threading.Thread):
    def __init__(self, table, jobs):
        super().__init__()
        self.table = table
        self.jobs = jobs
        self.error = None

    def run(self):
        try:
            asyncio.run(schedule(self.table, self.jobs))
        except RuntimeError as error:
            self.error = "bound to a different loop" if "loop" in str(error) else str(error)


async def main():
    table = JobTable()
    scheduler = SchedulerThread(table, ["nightly"])
    scheduler.start()
    await asyncio.sleep(0.15)
    await table.put("nightly", "seen")
    await table.put("adhoc", "requested")
    await asyncio.to_thread(scheduler.join)
    return sorted(table.statuses.items()), scheduler.error
