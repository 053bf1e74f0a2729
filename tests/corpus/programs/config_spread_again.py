"""A setting is put into a copy of the settings, which takes their place if they are still the same, else all anew."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def put(s, k, v):
    while True:
        old = s.cfg
        new = {**old, k: v}
        await io()
        if s.cfg is old:
            s.cfg = new
            return


async def main():
    s = S()
    s.cfg = {}
    tasks = []
    for each in (put(s, "a", 1), put(s, "b", 2)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(s.cfg)
