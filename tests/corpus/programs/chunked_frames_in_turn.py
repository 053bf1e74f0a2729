"""A client of a home server: messages come over one socket in chunks, and the tasks that read it take turns.

After https://github.com/HomeAssistant-API/HomeAssistantAPI/pull/248
"""

import asyncio
import json
from dataclasses import dataclass


@dataclass
class Chunk:
    text: str
    final: bool


class WebSocket:
    """What the server sends comes one chunk at a time."""

    def __init__(self):
        self._chunks = asyncio.Queue()

    async def serve(self, messages):
        for message in messages:
            text = json.dumps(message)
            half = len(text) // 2
            await self._chunks.put(Chunk(text[:half], final=False))
            await asyncio.sleep(0.01)
            await self._chunks.put(Chunk(text[half:], final=True))
            await asyncio.sleep(0.08)

    async def receive(self):
        return await self._chunks.get()


class HomeClient:
    def __init__(self, socket):
        self._socket = socket
        self._reading = asyncio.Lock()
        self.states = {}

    async def next_payload(self):
        parts = []
        async with self._reading:
            while True:
                chunk = await self._socket.receive()
                parts.append(chunk.text)
                if chunk.final:
                    return json.loads("".join(parts))

    async def follow(self, after):
        await asyncio.sleep(after)
        event = await self.next_payload()
        self.states[event["entity"]] = event["state"]


async def main():
    socket = WebSocket()
    client = HomeClient(socket)
    server = asyncio.create_task(
        socket.serve([{"entity": "light.hall", "state": "on"}, {"entity": "lock.door", "state": "open"}])
    )
    await asyncio.gather(client.follow(0.0), client.follow(0.05))
    await server
    return sorted(client.states.items())


if __name__ == "__main__":
    print(asyncio.run(main()))
