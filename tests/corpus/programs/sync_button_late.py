"""The flag is set after the account was looked up, so two presses both find it unset; a running upload is then done twice at once."""

import asyncio


class Syncer:
    def __init__(self):
        self.running = False
        self.uploads = []

    async def _upload(self, name):
        await asyncio.sleep(0.002)
        self.uploads.append(name)

    async def sync(self):
        if self.running:
            return "already running"
        await asyncio.sleep(0.001)
        self.running = True
        try:
            for name in ("notes", "photos"):
                if name not in self.uploads:
                    await self._upload(name)
        finally:
            self.running = False
        return "done"


async def main():
    syncer = Syncer()
    pressed = asyncio.create_task(syncer.sync())
    await asyncio.sleep(0.02)
    again = asyncio.create_task(syncer.sync())
    await asyncio.gather(pressed, again)
    return sorted(syncer.uploads), syncer.running
