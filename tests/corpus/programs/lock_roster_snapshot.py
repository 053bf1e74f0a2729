"""A coordinator refreshes a snapshot of its door locks, as a removed config entry may drop one meanwhile."""

import asyncio


class DoorLock:
    def __init__(self, name, delay=0.001):
        self.name = name
        self.delay = delay
        self.codes = {}

    async def refresh(self):
        await asyncio.sleep(self.delay)
        self.codes["master"] = f"{self.name}-0000"


class Coordinator:
    REMOVE_DELAY = 0.15

    def __init__(self, names):
        self.locks = {name: DoorLock(name) for name in names}
        self.refreshed = []
        self.removed = asyncio.Event()

    async def refresh_all(self):
        for entry_id in list(self.locks):
            lock = self.locks.get(entry_id)
            if lock is None:
                continue
            await lock.refresh()
            self.refreshed.append(entry_id)

    def remove_later(self, entry_id):
        asyncio.get_running_loop().call_later(self.REMOVE_DELAY, self._remove, entry_id)

    def _remove(self, entry_id):
        self.locks.pop(entry_id)
        self.removed.set()


async def main():
    coordinator = Coordinator(["front", "garage", "shed"])
    coordinator.remove_later("shed")
    await coordinator.refresh_all()
    await coordinator.removed.wait()
    return sorted(coordinator.locks), [name for name in coordinator.refreshed if name in coordinator.locks]
