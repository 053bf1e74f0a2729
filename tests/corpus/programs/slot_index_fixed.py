"""The index is taken when the item is added."""

import asyncio


class Store:
    def __init__(self):
        self.items = []
        self.index = {}

    async def add(self, name):
        await asyncio.sleep(0)
        self.index[name] = len(self.items)
        self.items.append(name)


async def main():
    store = Store()
    first = asyncio.create_task(store.add("a"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(store.add("b"))
    await asyncio.gather(first, second)
    return store.index
