"""Changes ask for a save; while one is being written, further asks are remembered and one more save follows."""

import asyncio


class Saver:
    def __init__(self):
        self.state = {}
        self.saved = None
        self._wanted = False
        self._saving = False

    async def _write(self, copy):
        await asyncio.sleep(0.002)
        self.saved = copy

    async def save(self):
        self._wanted = True
        if self._saving:
            return
        self._saving = True
        try:
            while self._wanted:
                self._wanted = False
                await self._write(dict(self.state))
        finally:
            self._saving = False

    async def change(self, key, value, pause):
        await asyncio.sleep(pause)
        self.state[key] = value
        await self.save()


async def main():
    saver = Saver()
    await asyncio.gather(*(saver.change(key, key * 2, i * 0.001) for i, key in enumerate("abc")))
    return sorted(saver.saved.items())
