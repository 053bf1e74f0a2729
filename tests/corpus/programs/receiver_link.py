"""The link to an audio receiver is dialled again when it breaks, and closed when the remote control goes.

After https://github.com/ol-iver/denonavr/pull/246
"""

import asyncio
import contextlib


class Receiver:
    """The box in the living room, at the other end of the wire."""

    def __init__(self, boots_in):
        self._boots_in = boots_in
        self.heard = []

    async def dial(self):
        await asyncio.sleep(self._boots_in)

    async def tell(self, command):
        await asyncio.sleep(0.01)
        self.heard.append(command)


class TelnetApi:
    def __init__(self, receiver):
        self._receiver = receiver
        self._reconnect_task = None
        self.connected = False

    async def async_connect(self):
        self.connected = True

    def on_connection_lost(self):
        self.connected = False
        if self._reconnect_task is None:
            self._reconnect_task = asyncio.create_task(self._async_reconnect())

    async def _async_reconnect(self):
        try:
            await self._receiver.dial()
            self.connected = True
        finally:
            self._reconnect_task = None

    async def async_disconnect(self):
        if self._reconnect_task is not None:
            await self._receiver.tell("STANDBY")
            self._reconnect_task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reconnect_task
        self.connected = False


async def main():
    receiver = Receiver(boots_in=0.2)
    api = TelnetApi(receiver)
    await api.async_connect()
    api.on_connection_lost()
    await asyncio.sleep(0.05)
    try:
        await api.async_disconnect()
    except AttributeError as error:
        return f"disconnect failed: {error}"
    return "connected" if api.connected else "closed"


if __name__ == "__main__":
    print(asyncio.run(main()))
