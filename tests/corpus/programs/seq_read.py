"""A reader reads both halves again if the edition has changed in between."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def publish(s, n):
    s.edition += 1
    s.left = s.right = n


async def read(s):
    while True:
        edition = s.edition
        left = s.left
        await io()
        right = s.right
        if s.edition == edition:
            return left == right


async def main():
    s = S()
    s.edition = 0
    s.left = s.right = 1
    tasks = []
    for each in (read(s), publish(s, 2), read(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return [x for x in r if x is not None]
