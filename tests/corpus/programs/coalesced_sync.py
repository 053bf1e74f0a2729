"""Who wants a sync while one runs notes it, and the runner runs once more."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def sync(s, n):
    s.value = n
    s.wanted = True
    if s.running:
        return
    s.running = True
    try:
        while s.wanted:
            s.wanted = False
            value = s.value
            await io()
            s.synced = value
    finally:
        s.running = False


async def main():
    s = S()
    s.wanted = False
    s.running = False
    s.value = 0
    s.synced = None
    tasks = []
    for each in (sync(s, 1), sync(s, 2)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.synced == s.value
