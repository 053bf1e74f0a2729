"""Old entries are swept: the keys are copied, each is looked for when the disk has answered."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def sweep(s):
    for k in list(s.d):
        await io()
        if s.d.get(k, 0) > 5:
            del s.d[k]


async def forget(s, k):
    s.d.pop(k, None)


async def main():
    s = S()
    s.d = {"a": 1, "b": 9}
    tasks = []
    for each in (sweep(s), forget(s, "b")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return ([str(x) for x in r], sorted(s.d))
