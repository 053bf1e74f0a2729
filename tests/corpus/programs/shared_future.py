"""The first request puts a future in the table before it awaits; the others await that."""

import asyncio


class Catalog:
    def __init__(self):
        self._flying = {}
        self.queries = 0

    async def _query(self, name):
        self.queries += 1
        await asyncio.sleep(0.002)
        return {"name": name, "query": self.queries}

    async def find(self, name):
        flying = self._flying.get(name)
        if flying is None:
            flying = self._flying[name] = asyncio.ensure_future(self._query(name))
            flying.add_done_callback(lambda _: self._flying.pop(name, None))
        return await asyncio.shield(flying)


async def main():
    catalog = Catalog()
    first = asyncio.create_task(catalog.find("vega"))
    await asyncio.sleep(0)
    second = asyncio.create_task(catalog.find("vega"))
    found = await asyncio.gather(first, second)
    return found, catalog.queries
