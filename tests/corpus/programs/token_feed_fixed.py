"""Workers draw numbered tokens from one generator that asks the counter service for each block, one at a time."""

import asyncio


async def block(first):
    await asyncio.sleep(0.001)
    return range(first, first + 2)


async def tokens():
    first = 1
    while first < 7:
        for number in await block(first):
            yield number
        first += 2


async def worker(name, source, guard, begins, drawn):
    await asyncio.sleep(begins)
    for _ in range(3):
        async with guard:
            token = await anext(source)
        drawn.append((token, name))


async def main():
    drawn, source, guard = [], tokens(), asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        group.create_task(worker("a", source, guard, 0, drawn))
        group.create_task(worker("b", source, guard, 0.08, drawn))
    return sorted(drawn)
