"""The shared session of a service is made by one task that all first users await."""

import asyncio

_session = None
_opened = []


class Session:
    def __init__(self, limits):
        self.limits = limits
        self.calls = []
        _opened.append(self)

    async def get(self, path):
        await asyncio.sleep(0)
        self.calls.append(path)
        return f"{path}: {self.limits['host']}"


async def read_limits():
    await asyncio.sleep(0.001)
    return {"pool": 100, "host": "api"}


async def open_session():
    return Session(await read_limits())


async def shared_session():
    global _session
    if _session is None:
        _session = asyncio.create_task(open_session())
    return await _session


async def fetch(after, path):
    await asyncio.sleep(after)
    session = await shared_session()
    return await session.get(path)


async def main():
    global _session
    _session = None
    _opened.clear()
    bodies = await asyncio.gather(fetch(0, "/users"), fetch(0.05, "/orders"))
    return bodies, len(_opened)
