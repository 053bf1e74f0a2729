"""A spare is taken first, and put back if the customs say no."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def customs(part):
    await io()
    return part != "bomb"


async def take(s):
    if not s.spares:
        return None
    part = s.spares.pop()
    ok = False
    try:
        ok = await customs(part)
        return part if ok else None
    finally:
        if not ok:
            s.spares.append(part)


async def main():
    s = S()
    s.spares = ["tyre"]
    tasks = []
    for each in (take(s), take(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return [str(x) for x in r]
