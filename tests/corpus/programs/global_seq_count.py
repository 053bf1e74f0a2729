"""Numbers of bills come from a counter of the module, before anything is waited for."""

import asyncio
import itertools


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


numbers = itertools.count(1)


async def issue(s):
    number = next(numbers)
    await io()
    s.bills.append(number)


async def main():
    s = S()
    s.bills = []
    tasks = []
    for each in (issue(s), issue(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(s.bills)
