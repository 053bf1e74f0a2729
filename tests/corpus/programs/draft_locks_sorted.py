"""Whoever needs both files takes their locks by name, before touching either."""

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack, asynccontextmanager


class Project:
    def __init__(self):
        self.files = {"outline": 1, "script": 1}
        self._locks = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def holding(self, *names):
        async with AsyncExitStack() as stack:
            for name in sorted(names):
                await stack.enter_async_context(self._locks[name])
            yield

    async def _load(self, name):
        await asyncio.sleep(0.001)
        return self.files[name]

    async def write_outline(self):
        async with self.holding("outline", "script"):
            version = await self._load("outline")
            self.files["outline"] = version + 1
            self.files["words"] = 0

    async def count_script(self):
        async with self.holding("script", "outline"):
            script = await self._load("script")
            self.files["script"] = script + 1


async def run():
    project = Project()
    failed = await asyncio.gather(project.write_outline(), project.count_script(), return_exceptions=True)
    return dict(sorted(project.files.items())), failed


def main():
    return asyncio.run(run())
