"""Mail is judged by a model that is loaded when the service starts; mail that comes early waits for it."""

import asyncio


class Service:
    def __init__(self):
        self.loaded = asyncio.Event()

    async def load(self):
        words = await self.read()
        self.judge = lambda mail: any(word in mail for word in words)
        self.loaded.set()

    async def read(self):
        await asyncio.sleep(0.001)
        return {"win", "prize"}

    async def mail(self, text, comes):
        await asyncio.sleep(comes)
        await self.loaded.wait()
        return self.judge(text)


async def main():
    service = Service()
    async with asyncio.TaskGroup() as group:
        group.create_task(service.load())
        mails = [group.create_task(service.mail(text, comes)) for text, comes in (("you win", 0.03), ("hello", 0.06))]
    return [mail.result() for mail in mails]
