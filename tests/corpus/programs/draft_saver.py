"""Drafts are kept in memory and written to the disk a little later, several edits at once."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Disk:
    files: dict = field(default_factory=dict)

    async def write(self, name, text):
        await asyncio.sleep(0.003)
        self.files[name] = text


@dataclass
class DraftSaver:
    disk: Disk
    queue: dict = field(default_factory=dict)
    stopping: bool = False

    def edit(self, name, text):
        self.queue[name] = text

    async def flush(self):
        for name in list(self.queue):
            await self.disk.write(name, self.queue[name])
            del self.queue[name]

    async def run(self):
        while not self.stopping or self.queue:
            await self.flush()
            await asyncio.sleep(0.002)


async def author(saver, edits):
    for pause, name, text in edits:
        await asyncio.sleep(pause)
        saver.edit(name, text)


async def main():
    saver = DraftSaver(Disk())
    flusher = asyncio.create_task(saver.run())
    await author(saver, [(0, "letter", "Dear"), (0.025, "letter", "Dear Ada"), (0.025, "memo", "Milk")])
    saver.stopping = True
    await flusher
    return saver.disk.files, saver.queue
