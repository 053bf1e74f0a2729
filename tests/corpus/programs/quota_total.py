"""Downloads add their size with += over an await, which reads the old total before it waits."""

import asyncio


class Mirror:
    def __init__(self, sizes):
        self.sizes = sizes
        self.used = 0
        self.names = []

    async def fetch(self, name):
        await asyncio.sleep(0.001)
        self.names.append(name)
        return self.sizes[name]

    async def download(self, name):
        self.used += await self.fetch(name)


async def visitor(mirror, after, name):
    await asyncio.sleep(after)
    await mirror.download(name)


async def main():
    mirror = Mirror({"iso": 700, "patch": 12, "docs": 30})
    async with asyncio.TaskGroup() as group:
        for place, name in enumerate(mirror.sizes):
            group.create_task(visitor(mirror, place * 0.05, name))
    return mirror.used, sorted(mirror.names)
