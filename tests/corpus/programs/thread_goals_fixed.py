"""Holders and waiters of a key's lock are counted; the last one throws it away."""

import asyncio


class GoalStore:
    def __init__(self):
        self.locks = {}
        self.goals = {}

    async def add(self, thread, goal):
        entry = self.locks.setdefault(thread, [asyncio.Lock(), 0])
        entry[1] += 1
        try:
            async with entry[0]:
                goals = self.goals.get(thread, ())
                await asyncio.sleep(0.002)
                self.goals[thread] = (*goals, goal)
        finally:
            entry[1] -= 1
            if entry[1] == 0:
                del self.locks[thread]


async def main():
    store = GoalStore()
    first = asyncio.create_task(store.add("t1", "plan"))
    await asyncio.sleep(0)
    second = asyncio.create_task(store.add("t1", "write"))
    await asyncio.sleep(0.02)
    third = asyncio.create_task(store.add("t1", "test"))
    await asyncio.gather(first, second, third)
    return sorted(store.goals["t1"])
