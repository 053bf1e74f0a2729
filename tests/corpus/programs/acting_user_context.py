"""A service notes on whose behalf it acts in a context variable, which every task has its own of."""

import asyncio
from collections import defaultdict
from contextvars import ContextVar

user = ContextVar("user")


class Service:
    def __init__(self):
        self.log = defaultdict(list)

    async def open(self, who, document):
        user.set(who)
        text = await self.load(document)
        self.record(document)
        return text

    async def load(self, document):
        await asyncio.sleep(0)
        return document.title()

    def record(self, document):
        self.log[user.get()].append(document)


async def main():
    service = Service()
    requests = []
    for who, document in (("ann", "will"), ("bob", "menu")):
        requests.append(asyncio.create_task(service.open(who, document)))
        await asyncio.sleep(0.004)
    await asyncio.gather(*requests)
    return dict(service.log)
