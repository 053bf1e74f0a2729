"""Everybody appends a row when it has it, and the count of rows is told to the log only."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def fetch(s, n):
    at = len(s.rows)
    await io()
    s.rows.append(n)
    s.log.append(f"{at} before")


async def main():
    s = S()
    s.rows = []
    s.log = []
    tasks = []
    for each in (fetch(s, 1), fetch(s, 2)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(s.rows)
