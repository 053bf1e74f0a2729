"""A lock of tickets: each draws a number, and waits until that number is called."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def add(s):
    ticket = s.tail
    s.tail += 1
    async with s.c:
        await s.c.wait_for(lambda: s.head == ticket)
    n = s.n
    await io()
    s.n = n + 1
    async with s.c:
        s.head += 1
        s.c.notify_all()


async def main():
    s = S()
    s.tail = 0
    s.head = 0
    s.c = asyncio.Condition()
    s.n = 0
    tasks = []
    for each in (add(s), add(s), add(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.n
