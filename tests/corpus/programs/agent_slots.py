"""Jobs of a simulation server run in slots; a user may cancel a job at any time."""

import asyncio
from contextlib import suppress


class Slots:
    """Numbers of the slots that are free."""

    def __init__(self, count):
        self._free = asyncio.Queue()
        for number in range(count):
            self._free.put_nowait(number)

    async def take(self):
        return await self._free.get()

    def give_back(self, number):
        self._free.put_nowait(number)

    def free(self):
        return self._free.qsize()


class Job:
    def __init__(self, name, seconds):
        self.name = name
        self.seconds = seconds
        self.state = "pending"

    async def prepare(self):
        self.state = "preparing"
        await asyncio.sleep(0.01)  # its files are copied

    async def execute(self):
        self.state = "running"
        await asyncio.sleep(self.seconds)
        self.state = "completed"


async def run(job, slots):
    slot = await slots.take()
    await job.prepare()
    try:
        await job.execute()
    except asyncio.CancelledError:
        job.state = "canceled"
        raise
    finally:
        slots.give_back(slot)


async def main():
    slots = Slots(count=2)
    beam, lens = Job("beam", 0.5), Job("lens", 0.05)
    running = asyncio.create_task(run(beam, slots))
    await asyncio.sleep(0.06)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    await run(lens, slots)
    return {job.name: job.state for job in (beam, lens)}, slots.free()
