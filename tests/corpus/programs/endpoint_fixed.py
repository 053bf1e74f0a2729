"""The endpoint is replaced as a whole."""

import asyncio


class Endpoint:
    def __init__(self):
        self.current = ("old", 1)

    async def move(self, host, port):
        await asyncio.sleep(0)
        self.current = (host, port)

    async def address(self):
        host, port = self.current
        return f"{host}:{port}"


async def main():
    endpoint = Endpoint()
    moving = asyncio.create_task(endpoint.move("new", 2))
    await asyncio.sleep(0.01)
    asking = asyncio.create_task(endpoint.address())
    return (await asyncio.gather(moving, asking))[1]
