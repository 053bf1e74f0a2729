"""A service notes on whose behalf it acts, loads the document, and writes the log."""

import asyncio
from collections import defaultdict


class Service:
    def __init__(self):
        self.user = None
        self.log = defaultdict(list)

    async def open(self, user, document):
        self.user = user
        text = await self.load(document)
        self.record(document)
        return text

    async def load(self, document):
        await asyncio.sleep(0)
        return document.title()

    def record(self, document):
        self.log[self.user].append(document)


async def main():
    service = Service()
    requests = []
    for user, document in (("ann", "will"), ("bob", "menu")):
        requests.append(asyncio.create_task(service.open(user, document)))
        await asyncio.sleep(0.004)
    await asyncio.gather(*requests)
    return dict(service.log)
