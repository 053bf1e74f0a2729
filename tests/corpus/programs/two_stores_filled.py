"""A room is opened when its board is up."""

import asyncio


class S:
    """What the tasks share."""


async def io(t=0):
    await asyncio.sleep(t)


async def open_room(s, n):
    room = {}
    await io()
    room["board"] = []
    s.rooms[n] = room


async def chalk(s, n, text):
    room = s.rooms.get(n)
    if room is not None:
        room["board"].append(text)
    return "done"


async def main():
    s = S()
    s.rooms = {}
    tasks = []
    for each in (open_room(s, 1), chalk(s, 1, "hi")):
        tasks.append(asyncio.create_task(each))
        await asyncio.sleep(0.004)
    r = await asyncio.gather(*tasks, return_exceptions=True)
    return [str(x) for x in r]
