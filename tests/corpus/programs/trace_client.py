"""A tracing client is shared by the tasks of a loop; a stale one is closed before a new one is opened."""

import asyncio
import threading


class Client:
    def __init__(self, number):
        self.number = number
        self.is_closed = False
        self.posted = []

    async def aclose(self):
        await asyncio.sleep(0.002)
        self.is_closed = True

    async def post(self, event):
        await asyncio.sleep(0.001)
        self.posted.append(event)


class Tracing:
    def __init__(self):
        self._mutex = threading.Lock()
        self.clients = [Client(0)]
        self.stale = True

    async def client(self):
        with self._mutex:
            if self.stale:
                old = self.clients[-1]
                self.stale = False
                await old.aclose()
                self.clients.append(Client(old.number + 1))
            return self.clients[-1]

    async def dispatch(self, event):
        client = await self.client()
        await client.post(event)


async def agent(tracing, event, starts):
    await asyncio.sleep(starts)
    await tracing.dispatch(event)


async def main():
    tracing = Tracing()
    await asyncio.gather(agent(tracing, "plan", 0), agent(tracing, "act", 0.1))
    return [(client.number, client.is_closed, sorted(client.posted)) for client in tracing.clients]
