"""Only the answer to the newest search is shown; an answer that comes to an older one is dropped."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def search(s, word):
    s.gen += 1
    mine = s.gen
    await io(0.02)
    if mine != s.gen:
        return
    s.shown.append(word)


async def main():
    s = S()
    s.gen = 0
    s.shown = []
    tasks = []
    for each in (search(s, "a"), search(s, "ab")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return len(s.shown) >= 1
