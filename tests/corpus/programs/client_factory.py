"""A factory of cached clients in a closure: the client is kept before its login has ended."""

import asyncio


def client_factory():
    kept = None

    async def get():
        nonlocal kept
        if kept is None:
            kept = {"token": None, "calls": 0}
            kept["token"] = await login()
        return kept

    async def login():
        await asyncio.sleep(0.002)
        return "t-1"

    return get


async def call(get, delay):
    await asyncio.sleep(delay)
    client = await get()
    client["calls"] += 1
    return "Bearer " + client["token"]


async def main():
    get = client_factory()
    return await asyncio.gather(call(get, 0), call(get, 0.06), return_exceptions=True)
