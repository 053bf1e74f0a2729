"""Writing an outline locks it and then its script; promoting a script locks that and then reads the outline."""

import asyncio
from collections import defaultdict


class Project:
    def __init__(self):
        self.files = {"outline": 1, "script": 1}
        self._locks = defaultdict(asyncio.Lock)

    async def _load(self, name):
        await asyncio.sleep(0.001)
        return self.files[name]

    async def write_outline(self):
        async with self._locks["outline"]:
            version = await self._load("outline")
            self.files["outline"] = version + 1
            async with self._locks["script"]:
                self.files["script"] = 0

    async def promote_script(self):
        async with self._locks["script"]:
            await self._load("script")
            async with self._locks["outline"]:
                self.files["script"] = await self._load("outline")


async def later(delay, method):
    await asyncio.sleep(delay)
    return await method()


async def run():
    project = Project()
    steps = ((0, project.write_outline), (0.04, project.promote_script))
    failed = await asyncio.gather(*(later(*step) for step in steps), return_exceptions=True)
    return project.files, failed


def main():
    return asyncio.run(run())
