"""The server sends to a copy of the list of its clients."""

import asyncio


class Room:
    def __init__(self):
        self.clients = {}

    async def _send(self, inbox, text):
        await asyncio.sleep(0)
        inbox.append(text)

    async def broadcast(self, text):
        for inbox in list(self.clients.values()):
            await self._send(inbox, text)

    async def join(self, name):
        self.clients[name] = []


async def main():
    room = Room()
    await room.join("ann")
    await room.join("bob")
    talk = asyncio.create_task(room.broadcast("hello"))
    await asyncio.sleep(0.01)
    late = asyncio.create_task(room.join("eve"))
    await asyncio.gather(talk, late)
    return sorted(room.clients)
