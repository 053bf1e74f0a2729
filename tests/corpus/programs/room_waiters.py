"""Whoever waits for a room leaves a future under its name; who frees the room settles it."""

import asyncio


def desk():
    used, waiting = set(), {}

    async def enter(room):
        while room in used:
            waiting[room] = asyncio.get_running_loop().create_future()
            await waiting[room]
        used.add(room)

    def leave(room):
        used.discard(room)
        future = waiting.pop(room, None)
        if future is not None:
            future.set_result(None)

    return enter, leave


async def meet(enter, leave, room, comes, stays, log):
    await asyncio.sleep(comes)
    await enter(room)
    log.append(comes)
    await asyncio.sleep(stays)
    leave(room)


async def main():
    enter, leave = desk()
    log = []
    await asyncio.gather(*(meet(enter, leave, "red", comes, 0.02, log) for comes in (0, 0.01, 0.05)))
    return sorted(log)
