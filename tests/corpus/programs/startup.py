"""A handler uses what the startup task has probably set up by then."""

import asyncio


class Settings:
    def __init__(self):
        self.name = "x"


class App:
    def __init__(self):
        self.settings = None

    async def startup(self):
        await asyncio.sleep(0.001)
        self.settings = Settings()

    async def handle(self):
        await asyncio.sleep(0.02)
        return self.settings.name


async def main():
    app = App()
    starting = asyncio.create_task(app.startup())
    return (await asyncio.gather(starting, asyncio.create_task(app.handle())))[1]
