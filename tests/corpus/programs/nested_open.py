"""A session is opened by the first that enters it."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


class Session:
    def __init__(self):
        self.depth = 0
        self.opened = 0

    async def __aenter__(self):
        if self.depth == 0:
            await io()
            self.opened += 1
        self.depth += 1
        return self

    async def __aexit__(self, *exc):
        self.depth -= 1


async def use(s, t):
    async with s.session:
        await io(t)


async def main():
    s = S()
    s.session = Session()
    tasks = []
    for each in (use(s, 0.02), use(s, 0)):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    await asyncio.gather(*tasks, return_exceptions=True)
    return s.session.opened
