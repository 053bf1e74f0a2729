"""A lock per key in a context manager that forgets the lock when its holder is done, though others wait for it."""

import asyncio
from contextlib import asynccontextmanager

locks = {}
balances = {"a": 0}


@asynccontextmanager
async def exclusive(key):
    lock = locks.setdefault(key, asyncio.Lock())
    async with lock:
        yield
    locks.pop(key, None)


async def deposit(key, amount, delay):
    await asyncio.sleep(delay)
    async with exclusive(key):
        old = balances[key]
        await asyncio.sleep(0.002)
        balances[key] = old + amount


async def run():
    await asyncio.gather(*(deposit("a", 10, 0.06 * n) for n in range(3)))
    return balances, len(locks)


def main():
    return asyncio.run(run())
