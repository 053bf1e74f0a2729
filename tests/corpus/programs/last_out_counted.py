"""Who leaves last closes the line; who comes is counted at once."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def enter(s):
    if not s.line:
        return "closed"
    s.users += 1
    await io()
    return s.line[0]


async def leave(s):
    s.users -= 1
    if s.users == 0:
        s.line = []


async def main():
    s = S()
    s.line = ["open"]
    s.users = 1
    tasks = []
    for each in (enter(s), leave(s)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.users
