"""A document that is dirty is saved, and is clean when it is saved; the author types meanwhile."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def save(s):
    if s.dirty:
        text = s.text
        await io()
        s.disk = text
        s.dirty = False


async def type_(s, c):
    s.text += c
    s.dirty = True


async def main():
    s = S()
    s.text = "a"
    s.dirty = True
    s.disk = ""
    tasks = []
    for each in (save(s), type_(s, "b"), save(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.disk
