"""A switch of one zone sends the states of all zones, read under the cloud's lock."""

import asyncio


class Cloud:
    def __init__(self, zones):
        self.zones = zones
        self.lock = asyncio.Lock()

    async def login(self):
        await asyncio.sleep(0.001)

    async def send(self, states):
        await asyncio.sleep(0)
        self.zones = list(states)


class ZoneSwitch:
    def __init__(self, cloud, index):
        self.cloud = cloud
        self.index = index

    async def _set(self, on):
        async with self.cloud.lock:
            states = list(self.cloud.zones)
            states[self.index] = on
            await self.cloud.login()
            await self.cloud.send(states)

    async def turn_on(self):
        await self._set(True)

    async def turn_off(self):
        await self._set(False)


async def main():
    cloud = Cloud([True, False, False])
    lounge, study = ZoneSwitch(cloud, 0), ZoneSwitch(cloud, 2)

    async def automation():
        await lounge.turn_off()

    async def person():
        await asyncio.sleep(0.05)
        await study.turn_on()

    await asyncio.gather(automation(), person())
    return cloud.zones
