"""Only one reconnection may run; the flag that says so is raised after the first pause."""

import asyncio


class SocketClient:
    def __init__(self):
        self.reconnecting = False
        self.connected = False
        self.sockets = 0
        self.most_sockets = 0

    async def _connect(self):
        self.sockets += 1
        self.most_sockets = max(self.most_sockets, self.sockets)
        await asyncio.sleep(0.1)
        self.sockets -= 1

    async def _back_off(self):
        await asyncio.sleep(0.001)

    async def handle_disconnect(self, reason):
        self.connected = False
        if self.reconnecting:
            return
        await self._back_off()
        self.reconnecting = True
        try:
            await self._connect()
            self.connected = True
        finally:
            self.reconnecting = False


async def main():
    client = SocketClient()

    async def transport_error():
        await asyncio.sleep(0.05)
        await client.handle_disconnect("transport error")

    await asyncio.gather(client.handle_disconnect("ping timeout"), transport_error())
    return client.most_sockets, client.connected
