"""Users are counted under a lock, off again in a finally, under the lock too."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def use(s):
    async with s.lock:
        s.users += 1
        s.peak = max(s.peak, s.users)
    try:
        await io()
    finally:
        async with s.lock:
            s.users -= 1


async def main():
    s = S()
    s.lock = asyncio.Lock()
    s.users = 0
    s.peak = 0
    tasks = []
    for each in (use(s), use(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.users
