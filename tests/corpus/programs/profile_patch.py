"""Patches of a profile are applied to what was read and stored only if nobody stored meanwhile."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Document:
    version: int = 0
    fields: dict = field(default_factory=dict)


class Store:
    def __init__(self):
        self.document = Document()

    async def read(self):
        await asyncio.sleep(0.001)
        return Document(self.document.version, dict(self.document.fields))

    async def replace(self, document):
        await asyncio.sleep(0.001)
        if document.version != self.document.version:
            return False
        self.document = Document(document.version + 1, document.fields)
        return True


async def patch(store, **changes):
    while True:
        document = await store.read()
        document.fields.update(changes)
        document.fields["size"] = document.fields.get("size", 0) + len(changes)
        if await store.replace(document):
            return


async def main():
    store = Store()
    await asyncio.gather(patch(store, name="Ada"), patch(store, city="Rome", mail="a@b.c"), patch(store, age=36))
    return store.document.version, sorted(store.document.fields.items())
