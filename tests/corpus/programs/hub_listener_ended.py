"""A client of a home hub: it connects, starts a listener for events, and is closed when the listener has ended.

After https://github.com/music-assistant/python-hass-client/issues/234
"""

import asyncio
import logging

logger = logging.getLogger("hub")


class Socket:
    def __init__(self, latency):
        self.latency = latency
        self.closed = False
        self._incoming = asyncio.Queue()

    async def receive(self):
        return await self._incoming.get()

    async def call(self, command):
        await asyncio.sleep(self.latency.get(command, 0))
        return {"command": command, "success": True}

    async def close(self):
        self.closed = True
        self._incoming.put_nowait(None)


class HubClient:
    def __init__(self, socket):
        self._socket = socket
        self._subscribers = {}
        self._listener = None

    @property
    def connected(self):
        return not self._socket.closed

    async def connect(self):
        reply = await self._socket.call("auth")
        self._listener = asyncio.create_task(self.start_listening())
        return reply["success"]

    async def start_listening(self):
        await self._socket.call("subscribe_events")
        if not self.connected:
            return
        try:
            while (event := await self._socket.receive()) is not None:
                for callback in self._subscribers.get(event["type"], ()):
                    callback(event)
        finally:
            logger.debug("listener ended")

    async def disconnect(self):
        await self._socket.close()
        await asyncio.wait([self._listener])


async def main():
    client = HubClient(Socket({"auth": 0.01, "subscribe_events": 0.02, "get_states": 0.15}))
    await client.connect()
    states = await client._socket.call("get_states")
    await client.disconnect()
    return states["success"], client.connected


if __name__ == "__main__":
    assert asyncio.run(main()) == (True, False)
