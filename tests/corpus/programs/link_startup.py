"""A bridge connects to its broker in the background; whoever closes it hangs up whatever connection it has."""

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

    async def open(self):
        self.state = "connecting"
        self.link = await self.broker.connect(self.name)
        self.state = "open"

    async def close(self):
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
