"""The state of a Bluetooth door lock is polled, and the lock itself says when it was turned."""

import asyncio
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class LockInfo:
    bolt: str = "unknown"
    door: str = "unknown"
    battery: int | None = None


class Radio:
    """Answers what is asked of the lock, each time after a little while."""

    def __init__(self, battery):
        self._battery = battery

    async def read_battery(self):
        await asyncio.sleep(0.01)
        return self._battery


class DoorLock:
    def __init__(self, radio):
        self._radio = radio
        self._listeners = []
        self.info = LockInfo()

    def subscribe(self, listener):
        self._listeners.append(listener)

    def _publish(self, info):
        self.info = info
        for listener in self._listeners:
            listener(info)

    def on_notification(self, bolt, door):
        self._publish(replace(self.info, bolt=bolt, door=door))

    async def update(self):
        battery = await self._radio.read_battery()
        self._publish(replace(self.info, battery=battery))


async def turn_key(lock, after):
    await asyncio.sleep(after)
    lock.on_notification("locked", "closed")


async def main():
    lock = DoorLock(Radio(battery=82))
    shown = []
    lock.subscribe(lambda info: shown.append(info.bolt))
    async with asyncio.TaskGroup() as group:
        group.create_task(lock.update())
        group.create_task(turn_key(lock, after=0.06))
    return lock.info, shown[-1]
