"""Host and port of an endpoint are changed with an await between them."""

import asyncio


class Endpoint:
    def __init__(self):
        self.host = "old"
        self.port = 1

    async def move(self, host, port):
        self.host = host
        await asyncio.sleep(0)
        self.port = port

    async def address(self):
        return f"{self.host}:{self.port}"


async def main():
    endpoint = Endpoint()
    moving = asyncio.create_task(endpoint.move("new", 2))
    await asyncio.sleep(0.01)
    asking = asyncio.create_task(endpoint.address())
    return (await asyncio.gather(moving, asking))[1]
