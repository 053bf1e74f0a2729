"""A serial line is taken by who enters, and free again if the handshake is given up; commands have a time limit."""

import asyncio


class Line:
    def __init__(self):
        self.busy = False
        self.log = []

    async def handshake(self):
        await asyncio.sleep(0.002)

    async def __aenter__(self):
        if self.busy:
            raise RuntimeError("line is busy")
        self.busy = True
        try:
            await self.handshake()
        except BaseException:
            self.busy = False
            raise
        return self

    async def __aexit__(self, *exc):
        self.busy = False


async def send(line, command):
    try:
        async with asyncio.timeout(0.08):
            async with line:
                await asyncio.sleep(0.001)
                line.log.append(command)
                return "ok"
    except TimeoutError:
        return "timeout"


async def main():
    line = Line()
    first = await send(line, "on")
    second = await send(line, "off")
    return first, second, line.log
