"""A spare is taken if there is one, after the customs are through."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def take(s):
    if s.spares:
        await io()
        return s.spares.pop()
    return None


async def main():
    s = S()
    s.spares = ["tyre"]
    tasks = []
    for each in (take(s), take(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return [str(x) for x in r]
