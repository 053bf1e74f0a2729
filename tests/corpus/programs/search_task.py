"""The newest reader is the one that is noted; who finds another noted bows out."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def read(s, page):
    s.reader = asyncio.current_task()
    for _ in range(2):
        await io()
        if s.reader is not asyncio.current_task():
            return "left"
    s.pages.append(page)
    return "read"


async def main():
    s = S()
    s.reader = None
    s.pages = []
    tasks = []
    for each in (read(s, 1), read(s, 2)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.pages[-1]
