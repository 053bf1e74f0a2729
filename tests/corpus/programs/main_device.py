"""The hub learns of its main device from a message; the set-up looks at it a little later without waiting."""

import asyncio


class Hub:
    def __init__(self, announcements):
        self.announcements = announcements
        self.main = None
        self.devices = {}
        self._receiver = None

    async def connect(self):
        self._receiver = asyncio.create_task(self._receive())
        await asyncio.sleep(0.04)

    async def _receive(self):
        for mac, model in self.announcements:
            await asyncio.sleep(0.001)
            self.devices[mac] = model
            if self.main is None:
                self.main = mac

    async def close(self):
        await self._receiver


async def setup_entry(hub):
    await hub.connect()
    return hub.main.upper()


async def main():
    hub = Hub([("aa:01", "filter"), ("aa:02", "heater")])
    title = await setup_entry(hub)
    await hub.close()
    return title, sorted(hub.devices)
