"""Whoever waits for a room adds a future under its name; who frees the room settles all of them."""

import asyncio


def desk():
    used, waiting = set(), {}

    async def enter(room):
        while room in used:
            future = asyncio.get_running_loop().create_future()
            waiting.setdefault(room, []).append(future)
            await future
        used.add(room)

    def leave(room):
        used.discard(room)
        for future in waiting.pop(room, ()):
            if not future.done():
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
