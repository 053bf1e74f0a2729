"""Pages are fetched at the same time, and each adds its words to a total of the module."""

import asyncio

TOTAL = 0
PAGES = {"one": "a b c", "two": "d e"}


async def fetch(name):
    await asyncio.sleep(0.002)
    return len(PAGES[name].split())


async def count(name, begins):
    global TOTAL
    await asyncio.sleep(begins)
    words = await fetch(name)
    TOTAL += words


async def main():
    global TOTAL
    TOTAL = 0
    async with asyncio.TaskGroup() as group:
        group.create_task(count("one", 0))
        group.create_task(count("two", 0.03))
    return TOTAL
