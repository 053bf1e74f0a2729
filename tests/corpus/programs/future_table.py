"""Answers find who waits for them by a number; an answer to one who gave up is dropped."""

import asyncio
import itertools


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def ask(s, q):
    n = next(s.ids)
    f = s.waiting[n] = asyncio.get_running_loop().create_future()
    try:
        return await asyncio.wait_for(f, 1)
    finally:
        del s.waiting[n]


async def answer(s, n, text):
    await io()
    f = s.waiting.get(n)
    if f is not None and not f.done():
        f.set_result(text)


async def main():
    s = S()
    s.ids = itertools.count()
    s.waiting = {}
    tasks = []
    for each in (ask(s, "a"), ask(s, "b"), answer(s, 1, "B"), answer(s, 0, "A")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return [x for x in r if x]
