"""A document that is dirty is clean when its text has been copied for saving; who types meanwhile makes it dirty again."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def save(s):
    async with s.saving:
        while s.dirty:
            s.dirty = False
            text = s.text
            await io()
            s.disk = text


async def type_(s, c):
    s.text += c
    s.dirty = True


async def main():
    s = S()
    s.text = "a"
    s.dirty = True
    s.disk = ""
    s.saving = asyncio.Lock()
    tasks = []
    for each in (save(s), type_(s, "b"), save(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.disk
