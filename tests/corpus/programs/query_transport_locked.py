"""A query client whose socket is opened for the first user and closed after the last."""
import asyncio


class Socket:
    live = 0

    def __init__(self):
        Socket.live += 1
        self.closed = False

    async def ask(self, text):
        await asyncio.sleep(0.002)
        if self.closed:
            raise ConnectionError(text)
        return text.upper()

    async def close(self):
        self.closed = True
        Socket.live -= 1
        await asyncio.sleep(0)


class Transport:
    """Subclasses say how the line is opened."""

    def __init__(self):
        self.users = 0
        self.line = None
        self.door = asyncio.Lock()

    async def open_line(self):
        raise NotImplementedError

    async def __aenter__(self):
        async with self.door:
            if self.users == 0:
                self.line = await self.open_line()
            self.users += 1
        return self

    async def __aexit__(self, *_):
        async with self.door:
            self.users -= 1
            if self.users == 0:
                line, self.line = self.line, None
                await line.close()


class SocketTransport(Transport):
    async def open_line(self):
        await asyncio.sleep(0.001)
        return Socket()


async def page(transport, text, pause):
    await asyncio.sleep(pause)
    async with transport as session:
        return await session.line.ask(text)


async def main():
    Socket.live = 0
    transport = SocketTransport()
    pages = [page(transport, text, i * 0.015) for i, text in enumerate(["books", "authors", "shelves"])]
    answers = await asyncio.gather(*pages)
    return answers, Socket.live, transport.users
