"""The line is closed when nobody is on it, which is waited for under a condition."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def call(s):
    async with s.c:
        if not s.line:
            return "closed"
        s.users += 1
    try:
        await io()
        return s.line[0]
    finally:
        async with s.c:
            s.users -= 1
            s.c.notify_all()


async def close(s):
    async with s.c:
        await s.c.wait_for(lambda: s.users == 0)
        s.line = []


async def main():
    s = S()
    s.c = asyncio.Condition()
    s.users = 0
    s.line = ["open"]
    tasks = []
    for each in (call(s), close(s), call(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.users
