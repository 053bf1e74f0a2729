"""The user is passed on as a value."""

import asyncio


class App:
    def __init__(self):
        self.audit = []

    async def authenticate(self, name):
        await asyncio.sleep(0.001)
        return name

    async def handle(self, name, action):
        user = await self.authenticate(name)
        self.audit.append((user, action))


async def main():
    app = App()
    first = asyncio.create_task(app.handle("ann", "read"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(app.handle("bob", "write"))
    await asyncio.gather(first, second)
    return app.audit
