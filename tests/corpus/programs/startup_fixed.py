"""The handler waits until the startup task has said that it is ready."""

import asyncio


class Settings:
    def __init__(self):
        self.name = "x"


class App:
    def __init__(self):
        self.settings = None
        self.ready = asyncio.Event()

    async def startup(self):
        await asyncio.sleep(0.001)
        self.settings = Settings()
        self.ready.set()

    async def handle(self):
        await self.ready.wait()
        return self.settings.name


async def main():
    app = App()
    starting = asyncio.create_task(app.startup())
    return (await asyncio.gather(starting, asyncio.create_task(app.handle())))[1]
