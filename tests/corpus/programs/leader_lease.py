"""Who finds no leader leads until it is through; who finds one goes away."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def lead(s, name):
    if s.leader is not None:
        return False
    s.leader = name
    try:
        await io()
        s.ran.append(s.leader)
    finally:
        s.leader = None
    return True


async def main():
    s = S()
    s.leader = None
    s.ran = []
    tasks = []
    for each in (lead(s, "a"), lead(s, "b")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return len(s.ran) == sum(r)
