"""Two requests for one report, which is made once and then comes from the cache; gives how often it was made."""

import asyncio

from cache import AsyncLRU

made = []


@AsyncLRU(maxsize=8)
async def report(month):
    await asyncio.sleep(0.002)
    made.append(month)
    return f"report of {month}"


async def main():
    first = asyncio.create_task(report("may"))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(report("may"))
    await asyncio.gather(first, second)
    return made


if __name__ == "__main__":
    print(asyncio.run(main()))
