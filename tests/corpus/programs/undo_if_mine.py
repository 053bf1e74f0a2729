"""A title is shown at once, and taken back if the server refuses it, unless another has been set meanwhile."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def rename(s, title):
    before, s.title = s.title, title
    await io()
    if title == s.refused and s.title == title:
        s.title = before


async def main():
    s = S()
    s.title = "old"
    s.refused = "bad"
    tasks = []
    for each in (rename(s, "bad"), rename(s, "new")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.title
