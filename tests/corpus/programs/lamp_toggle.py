"""A lamp is switched over: what it was is asked, the relay clicks, and it is the opposite."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def toggle(s):
    was = s.on
    await io()
    s.on = not was


async def main():
    s = S()
    s.on = False
    tasks = []
    for each in (toggle(s), toggle(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.on
