"""A reload replaces the configuration; users read it once."""

import asyncio


class App:
    def __init__(self):
        self.config = {"limit": 1, "name": "a"}

    async def reload(self):
        await asyncio.sleep(0)
        self.config = {"limit": 2, "name": "b"}

    async def handle(self):
        config = self.config
        limit = config["limit"]
        await asyncio.sleep(0)
        return limit, config["name"]


async def main():
    app = App()
    reloading = asyncio.create_task(app.reload())
    await asyncio.sleep(0.01)
    handling = asyncio.create_task(app.handle())
    return (await asyncio.gather(reloading, handling))[1]
