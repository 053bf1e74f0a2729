"""A manager of tool links posts messages through writer tasks; closing drains the writers, then shuts the links."""

import asyncio


class Link:
    def __init__(self, name):
        self.name = name
        self.open = True
        self.sent = []

    async def send(self, message):
        if not self.open:
            raise ConnectionError(f"{self.name} is closed")
        await asyncio.sleep(0.001)
        self.sent.append(message)

    async def close(self):
        self.open = False
        await asyncio.sleep(0.002)


class Manager:
    def __init__(self):
        self.links = {}
        self._outbox = {}
        self._writers = []
        self.errors = []

    def connect(self, name):
        self.links[name] = Link(name)
        self._outbox[name] = asyncio.Queue()
        self._writers.append(asyncio.create_task(self._write(name)))

    def post(self, name, message):
        self._outbox[name].put_nowait(message)

    async def _write(self, name):
        link, outbox = self.links[name], self._outbox[name]
        while True:
            message = await outbox.get()
            try:
                await link.send(message)
            except ConnectionError as error:
                self.errors.append((str(error), message))
            outbox.task_done()

    async def close_all(self):
        for outbox in self._outbox.values():
            await outbox.join()
        for writer in self._writers:
            writer.cancel()
        await asyncio.gather(*self._writers, return_exceptions=True)
        for link in self.links.values():
            await link.close()


async def main():
    manager = Manager()
    for name in ("files", "search"):
        manager.connect(name)
    for message in ("initialize", "list", "call"):
        manager.post("files", message)
    manager.post("search", "initialize")
    await asyncio.sleep(0.15)
    await manager.close_all()
    return {name: link.sent for name, link in manager.links.items()}, manager.errors
