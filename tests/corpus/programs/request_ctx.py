"""The current tenant is a context variable: every task sets its own, whatever runs while it waits."""

import asyncio
import contextvars
from contextlib import contextmanager

tenant = contextvars.ContextVar("tenant", default="nobody")


@contextmanager
def acting_for(name):
    token = tenant.set(name)
    try:
        yield
    finally:
        tenant.reset(token)


class Store:
    def __init__(self):
        self.rows = {}

    async def put(self, key, value):
        await asyncio.sleep(0.001)
        self.rows[tenant.get(), key] = value

    async def get(self, key):
        await asyncio.sleep(0)
        return self.rows[tenant.get(), key]


async def request(store, name, colour):
    with acting_for(name):
        await store.put("colour", colour)
        return name, await store.get("colour"), tenant.get()


async def run():
    store = Store()
    async with asyncio.TaskGroup() as group:
        people = (("ann", "red"), ("bob", "blue"), ("cleo", "red"))
        tasks = [group.create_task(request(store, *person)) for person in people]
    return [task.result() for task in tasks], sorted(store.rows.items()), tenant.get()


def main():
    return asyncio.run(run())
