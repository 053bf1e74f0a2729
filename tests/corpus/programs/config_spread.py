"""A setting is put into a copy of the settings, which is saved and takes their place."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def put(s, k, v):
    new = {**s.cfg, k: v}
    await io()
    s.cfg = new


async def main():
    s = S()
    s.cfg = {}
    tasks = []
    for each in (put(s, "a", 1), put(s, "b", 2)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(s.cfg)
