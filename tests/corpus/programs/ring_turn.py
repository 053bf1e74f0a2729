"""The ring's first gets the job, and the ring turns when it has been told."""

import asyncio
from collections import deque


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def give(s, job):
    who = s.ring[0]
    await io()
    s.jobs.append((who, job))
    s.ring.rotate(-1)


async def main():
    s = S()
    s.ring = deque(['x', 'y'])
    s.jobs = []
    tasks = []
    for each in (give(s, 1), give(s, 2)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(w for w, _ in s.jobs)
