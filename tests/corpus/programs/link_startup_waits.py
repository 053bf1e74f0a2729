"""A bridge opens and closes under a lock: whoever closes it waits until it has connected, and one that is closed is not opened."""

import asyncio


class Broker:
    def __init__(self):
        self.connected = []

    async def connect(self, client):
        await asyncio.sleep(0.002)
        self.connected.append(client)
        return f"link of {client}"

    async def hang_up(self, client):
        await asyncio.sleep(0.001)
        self.connected.remove(client)


class Bridge:
    def __init__(self, broker, name):
        self.broker = broker
        self.name = name
        self.link = None
        self.state = "new"
        self._changing = asyncio.Lock()

    async def open(self):
        async with self._changing:
            if self.state == "closed":
                return
            self.link = await self.broker.connect(self.name)
            self.state = "open"

    async def close(self):
        async with self._changing:
            self.state = "closed"
            if self.link is not None:
                self.link = None
                await self.broker.hang_up(self.name)


async def main():
    broker = Broker()
    bridge = Bridge(broker, "hall")
    opening = asyncio.create_task(bridge.open())
    await asyncio.sleep(0.03)
    await bridge.close()
    await opening
    return bridge.state, bridge.link, broker.connected
