"""A room is opened before its board has been put up."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def open_room(s, n):
    room = s.rooms[n] = {}
    await io()
    room["board"] = []


async def chalk(s, n, text):
    if n in s.rooms:
        s.rooms[n]["board"].append(text)
    return n in s.rooms


async def main():
    s = S()
    s.rooms = {}
    tasks = []
    for each in (open_room(s, 1), chalk(s, 1, "hi")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return [str(x) for x in r]
