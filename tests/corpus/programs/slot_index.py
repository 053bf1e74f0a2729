"""The index of a new item is taken before an await and used after it."""

import asyncio


class Store:
    def __init__(self):
        self.items = []
        self.index = {}

    async def add(self, name):
        position = len(self.items)
        await asyncio.sleep(0)
        self.items.append(name)
        self.index[name] = position


async def main():
    store = Store()
    first = asyncio.create_task(store.add("a"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(store.add("b"))
    await asyncio.gather(first, second)
    return store.index
