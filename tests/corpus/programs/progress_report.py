"""A reporter looks at how far the others are, and what it saw is not used to decide."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def job(s):
    for _ in range(2):
        await io()
        s.done += 1


async def report(s):
    shown = s.done
    await io()
    s.shown.append(shown)


async def main():
    s = S()
    s.done = 0
    s.shown = []
    tasks = []
    for each in (job(s), report(s), job(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return (s.done, len(s.shown))
