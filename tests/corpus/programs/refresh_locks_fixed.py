"""The refresh walks over a copy and skips what is gone."""

import asyncio


class Coordinator:
    def __init__(self):
        self.kmlocks = {name: {"battery": None} for name in ("front", "garage", "shed")}
        self.refreshed = []

    async def _poll(self, name):
        await asyncio.sleep(0.001)
        self.refreshed.append(name)

    async def refresh_all(self):
        for name in list(self.kmlocks):
            if name in self.kmlocks:
                await self._poll(name)

    def delete(self, name):
        self.kmlocks.pop(name, None)


async def main():
    coordinator = Coordinator()
    loop = asyncio.get_running_loop()
    loop.call_later(0.04, coordinator.delete, "shed")
    refresh = asyncio.create_task(coordinator.refresh_all())
    await asyncio.sleep(0.06)
    await refresh
    return set(coordinator.refreshed) >= {"front", "garage"}, sorted(coordinator.kmlocks)
