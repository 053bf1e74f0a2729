"""A worker waits for the bell, silences it, and works off what is new."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def work(s):
    while s.done < 2:
        await s.bell.wait()
        s.bell.clear()
        s.done += len(s.todo)
        s.todo = []
        await io()


async def ring(s, job):
    s.todo.append(job)
    s.bell.set()


async def main():
    s = S()
    s.bell = asyncio.Event()
    s.todo = []
    s.done = 0
    tasks = []
    for each in (work(s), ring(s, 1), ring(s, 2)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.done
