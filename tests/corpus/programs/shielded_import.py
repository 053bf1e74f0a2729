"""Tables are imported together: if one cannot be read the others are cancelled, and what was begun is taken back."""

import asyncio
from contextlib import asynccontextmanager


class Store:
    def __init__(self):
        self.tables = {}
        self.staged = {}

    @asynccontextmanager
    async def staging(self, name):
        self.staged[name] = rows = []
        try:
            yield rows
            self.tables[name] = rows
        finally:
            del self.staged[name]


async def read(name, count, broken):
    for number in range(count):
        await asyncio.sleep(0.005)
        if broken and number == 1:
            raise ValueError(name)
        yield f"{name}{number}"


async def import_table(store, name, count, broken=False):
    async with store.staging(name) as rows:
        async for row in read(name, count, broken):
            rows.append(row)


async def import_all(store, *sources):
    before = dict(store.tables)
    unread = []
    try:
        async with asyncio.TaskGroup() as group:
            for source in sources:
                group.create_task(import_table(store, *source), name=source[0])
    except* ValueError as errors:
        store.tables = before
        unread += [str(each) for each in errors.exceptions]
    return unread


async def main():
    store = Store()
    first = await import_all(store, ("users", 1), ("teams", 2))
    second = await import_all(store, ("orders", 1), ("stock", 3, True), ("bills", 4))
    return first, second, sorted(store.tables), store.staged
