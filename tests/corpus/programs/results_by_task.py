"""Every task fills an item of its own in a shared list."""

import asyncio


async def fetch(results, number):
    await asyncio.sleep(0)
    results[number] = number * 10


async def main():
    results = [None] * 3
    await asyncio.gather(*(fetch(results, number) for number in range(3)))
    return results
