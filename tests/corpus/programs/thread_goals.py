"""The lock of a key is thrown away by its holder although another waits for it; a third caller makes a new one."""

import asyncio


class GoalStore:
    def __init__(self):
        self.locks = {}
        self.goals = {}

    async def add(self, thread, goal):
        lock = self.locks.setdefault(thread, asyncio.Lock())
        async with lock:
            goals = self.goals.get(thread, ())
            await asyncio.sleep(0.002)
            self.goals[thread] = (*goals, goal)
        self.locks.pop(thread, None)


async def main():
    store = GoalStore()
    first = asyncio.create_task(store.add("t1", "plan"))
    await asyncio.sleep(0)
    second = asyncio.create_task(store.add("t1", "write"))
    await asyncio.sleep(0.02)
    third = asyncio.create_task(store.add("t1", "test"))
    await asyncio.gather(first, second, third)
    return sorted(store.goals["t1"])
