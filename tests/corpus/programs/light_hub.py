"""A hub polls the state of lamps from a cloud and takes over what it turned on itself at once."""

import asyncio


class Cloud:
    def __init__(self, lamps):
        self.lamps = lamps

    async def fetch(self):
        state = dict(self.lamps)
        await asyncio.sleep(0.002)
        return state

    async def send(self, name, value):
        await asyncio.sleep(0.001)
        self.lamps[name] = value


class Coordinator:
    def __init__(self, cloud):
        self.cloud = cloud
        self.data = {}
        self.listeners = []

    async def refresh(self):
        self.data = await self.cloud.fetch()
        self.notify()

    def set_optimistic(self, name, value):
        self.data = {**self.data, name: value}
        self.notify()

    def notify(self):
        for listener in self.listeners:
            listener(self.data)


class Light:
    def __init__(self, coordinator, name):
        self.coordinator = coordinator
        self.name = name
        self.shown = None
        coordinator.listeners.append(self.update)

    def update(self, data):
        self.shown = data[self.name]

    async def turn(self, value, after):
        await asyncio.sleep(after)
        await self.coordinator.cloud.send(self.name, value)
        self.coordinator.set_optimistic(self.name, value)


async def main():
    coordinator = Coordinator(Cloud({"hall": "off"}))
    light = Light(coordinator, "hall")
    await coordinator.refresh()
    await asyncio.gather(coordinator.refresh(), light.turn("on", after=0.15))
    return light.shown, coordinator.data, coordinator.cloud.lamps
