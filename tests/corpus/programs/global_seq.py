"""Numbers of bills come from a variable of the module."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


bill = 0


async def issue(s):
    global bill
    number = bill + 1
    await io()
    bill = number
    s.bills.append(number)


async def main():
    s = S()
    global bill
    bill = 0
    s.bills = []
    tasks = []
    for each in (issue(s), issue(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(s.bills)
