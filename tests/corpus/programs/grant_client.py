"""Calls of a heating client renew the grant when it is near its end; the server takes a renewal token once."""

import asyncio
import functools


class Server:
    def __init__(self):
        self.current = "r0"
        self.issued = 0

    async def renew(self, token):
        await asyncio.sleep(0)
        if token != self.current:
            raise PermissionError("invalid_grant")
        self.issued += 1
        self.current = f"r{self.issued}"
        return f"a{self.issued}", self.current


def authorised(call):
    @functools.wraps(call)
    async def with_grant(self, *args):
        if self.remaining < 60:
            self.access, self.renewal = await self.server.renew(self.renewal)
            self.remaining = 600
        return await call(self, *args)

    return with_grant


class Client:
    def __init__(self, server):
        self.server = server
        self.access, self.renewal, self.remaining = "a0", "r0", 5

    @authorised
    async def temperature(self, room):
        return room, self.access

    @authorised
    async def off(self, room):
        return room, "off"


async def main():
    client = Client(Server())
    calls = []
    for call in (client.temperature("hall"), client.off("attic")):
        calls.append(asyncio.create_task(call))
        await asyncio.sleep(0.004)
    return await asyncio.gather(*calls, return_exceptions=True)
