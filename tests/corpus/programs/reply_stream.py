"""A client sends a command and reads the reply off the same connection; commands have a time limit."""

import asyncio


class Connection:
    def __init__(self):
        self.replies = asyncio.Queue()

    async def send(self, command):
        await asyncio.sleep(0)
        asyncio.get_running_loop().call_later(0.002, self.replies.put_nowait, f"re:{command}")

    async def read(self):
        return await self.replies.get()


class Client:
    def __init__(self):
        self.connection = Connection()
        self.lock = asyncio.Lock()

    async def execute(self, command, limit):
        async with self.lock, asyncio.timeout(limit):
            await self.connection.send(command)
            return await self.connection.read()


async def ask(client, command, comes):
    await asyncio.sleep(comes)
    try:
        return await client.execute(command, 0.1)
    except TimeoutError:
        return "late"


async def main():
    client = Client()
    return await asyncio.gather(ask(client, "GET a", 0), ask(client, "GET b", 0.03))
