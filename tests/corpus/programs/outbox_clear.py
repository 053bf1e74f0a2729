"""What is in the outbox is sent, then the outbox is cleared; mail comes in meanwhile."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def flush(s):
    for m in tuple(s.out):
        await io()
        s.sent.append(m)
    s.out.clear()


async def post(s, m):
    s.out.append(m)


async def main():
    s = S()
    s.out = ["a", "b"]
    s.sent = []
    tasks = []
    for each in (flush(s), post(s, "c")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(s.sent + s.out)
