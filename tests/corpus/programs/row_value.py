"""The log is written, and the row is taken out by its value, each its own."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def drop(s, row):
    if row in s.rows:
        await io()
        s.rows.remove(row)


async def main():
    s = S()
    s.rows = ["a", "b", "c", "d"]
    tasks = []
    for each in (drop(s, "a"), drop(s, "c")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.rows
