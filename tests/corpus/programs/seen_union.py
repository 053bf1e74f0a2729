"""What was seen is added to a set when the page is there; twice is as good as once."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def visit(s, page):
    if page not in s.seen:
        await io()
        s.seen |= {page}


async def main():
    s = S()
    s.seen = set()
    tasks = []
    for each in (visit(s, "a"), visit(s, "a"), visit(s, "b")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(s.seen)
