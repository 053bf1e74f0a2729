"""A lock of a key is made if there is none, and registered when the audit log has been told."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def lock_of(s, k):
    lock = s.locks.get(k)
    if lock is None:
        lock = asyncio.Lock()
        await io()
        s.locks[k] = lock
    return lock


async def add(s, k):
    async with await lock_of(s, k):
        n = s.v[k]
        await io()
        s.v[k] = n + 1


async def main():
    s = S()
    s.locks = {}
    s.v = {"a": 0}
    tasks = []
    for each in (add(s, "a"), add(s, "a")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.v
