"""Two keys in a cache of one entry that lives for a minute; gives what was answered and what the loop complained of."""

import asyncio

from async_lru import alru_cache


@alru_cache(ttl=60, maxsize=1)
async def price(item):
    await asyncio.sleep(0.002)
    return len(item)


async def main():
    complaints = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(repr(context.get("exception"))))
    first = asyncio.create_task(price("tea"))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(price("coffee"))
    answers = await asyncio.gather(first, second, return_exceptions=True)
    await asyncio.sleep(0.01)
    return [str(answer) for answer in answers], complaints


if __name__ == "__main__":
    print(asyncio.run(main()))
