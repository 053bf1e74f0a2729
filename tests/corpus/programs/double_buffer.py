"""Writers fill one buffer while the other is sent; they change places in a step."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def flush(s):
    async with s.sending:
        s.front, s.back = s.back, s.front
        while s.back:
            row = s.back.pop(0)
            await io()
            s.sent.append(row)


async def write(s, row):
    s.front.append(row)
    await flush(s)


async def main():
    s = S()
    s.front = []
    s.back = []
    s.sent = []
    s.sending = asyncio.Lock()
    tasks = []
    for each in (write(s, 1), write(s, 2), write(s, 3)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return sorted(s.sent)
