"""The first starts the engine, the others wait until it runs."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def engine(s):
    if s.starting:
        await s.ready.wait()
        return s.starts
    s.starting = True
    await io()
    s.starts += 1
    s.ready.set()
    return s.starts


async def main():
    s = S()
    s.starting = False
    s.ready = asyncio.Event()
    s.starts = 0
    tasks = []
    for each in (engine(s), engine(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return (s.starts, r)
