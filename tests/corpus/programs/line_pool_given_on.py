"""A pool of telephone lines: whoever waits is handed the next line that comes back, and may hang up while waiting."""

import asyncio
from collections import deque


class LinePool:
    def __init__(self, *lines):
        self.idle = list(lines)
        self.waiting = deque()

    async def get(self):
        if self.idle:
            return self.idle.pop()
        hand = asyncio.get_running_loop().create_future()
        self.waiting.append(hand)
        try:
            return await hand
        except asyncio.CancelledError:
            if hand in self.waiting:
                self.waiting.remove(hand)
            elif not hand.cancelled():
                self.put(hand.result())
            raise

    def put(self, line):
        while self.waiting:
            hand = self.waiting.popleft()
            if not hand.done():
                hand.set_result(line)
                return
        self.idle.append(line)


async def call(pool, minutes):
    line = await pool.get()
    try:
        await asyncio.sleep(minutes)
    finally:
        pool.put(line)


async def impatient(pool, patience):
    caller = asyncio.create_task(call(pool, 0.001))
    await asyncio.sleep(patience)
    caller.cancel()
    await asyncio.wait([caller])
    return caller.cancelled()


async def main():
    pool = LinePool("line 1")
    await asyncio.gather(call(pool, 0.025), impatient(pool, 0.005))
    return pool.idle, len(pool.waiting)
