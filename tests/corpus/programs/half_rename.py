"""A file is renamed in two tables; a time limit is set on the whole."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def rename(s, old, new):
    n = s.by.pop(old)
    s.by[new] = n
    await io(0.001)
    s.names[n] = new


async def limited(s):
    try:
        await asyncio.wait_for(rename(s, "a", "b"), 0.05)
    except TimeoutError:
        pass


async def main():
    s = S()
    s.by = {"a": 1}
    s.names = {1: "a"}
    tasks = []
    for each in (limited(s),):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return list(s.by) == list(s.names.values())
