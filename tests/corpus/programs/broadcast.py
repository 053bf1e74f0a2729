"""A chat server sends to its clients while others join and leave."""

import asyncio


class Room:
    def __init__(self):
        self.clients = {}

    async def _send(self, client, text):
        await asyncio.sleep(0)
        self.clients[client].append(text)

    async def broadcast(self, text):
        for client in self.clients:
            await self._send(client, text)

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
