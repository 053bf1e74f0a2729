"""Who finds a synchronisation under way asks it to go round once more; flag and wish change without an await in between."""

import asyncio


class Notes:
    def __init__(self):
        self.local = {}
        self.remote = {}
        self._busy = False
        self._again = False

    async def _push(self):
        copy = dict(self.local)
        await asyncio.sleep(0.002)
        self.remote = copy

    async def sync(self):
        if self._busy:
            self._again = True
            return
        self._busy = True
        try:
            while True:
                self._again = False
                await self._push()
                if not self._again:
                    break
        finally:
            self._busy = False

    async def edit(self, name, text, delay):
        await asyncio.sleep(delay)
        self.local[name] = text
        await self.sync()


async def run():
    notes = Notes()
    async with asyncio.TaskGroup() as group:
        for number, name in enumerate(("todo", "diary", "list")):
            group.create_task(notes.edit(name, name.title(), 0.001 * number))
    return dict(sorted(notes.remote.items())), notes._busy, notes._again


def main():
    return asyncio.run(run())
