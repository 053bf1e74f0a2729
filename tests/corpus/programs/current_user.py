"""A handler keeps the user of the request in an attribute of the application."""

import asyncio


class App:
    def __init__(self):
        self.user = None
        self.audit = []

    async def authenticate(self, name):
        self.user = name
        await asyncio.sleep(0.001)

    async def handle(self, name, action):
        await self.authenticate(name)
        self.audit.append((self.user, action))


async def main():
    app = App()
    first = asyncio.create_task(app.handle("ann", "read"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(app.handle("bob", "write"))
    await asyncio.gather(first, second)
    return app.audit
