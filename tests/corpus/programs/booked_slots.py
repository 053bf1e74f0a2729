"""A sender books the next slot, and waits until it is due."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def send(s, gap=0.005):
    at = s.next
    s.next = at + gap
    await io(at)
    s.slots.append(at)


async def main():
    s = S()
    s.next = 0.0
    s.slots = []
    tasks = []
    for each in (send(s), send(s), send(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(s.slots)
