"""A lock of our own hands itself to the task that has waited longest; tasks that wait for it may be cancelled."""

import asyncio
from collections import deque


class Lock:
    def __init__(self):
        self._owner_task = None
        self._waiters = deque()

    async def acquire(self):
        task = asyncio.current_task()
        if self._owner_task is None:
            self._owner_task = task
            return
        event = asyncio.Event()
        waiter = task, event
        self._waiters.append(waiter)
        try:
            await event.wait()
        except BaseException:
            if not event.is_set():
                self._waiters.remove(waiter)
            else:
                self.release()
            raise

    def release(self):
        if self._owner_task is not asyncio.current_task():
            raise RuntimeError("not the owner")
        if self._waiters:
            self._owner_task, event = self._waiters.popleft()
            event.set()
        else:
            self._owner_task = None

    async def __aenter__(self):
        await self.acquire()

    async def __aexit__(self, *exc_info):
        self.release()


async def request(lock, name, seconds, answered):
    async with lock:
        await asyncio.sleep(seconds)
        answered.append(name)


async def main():
    lock, answered = Lock(), []
    async with asyncio.TaskGroup() as clients:
        clients.create_task(request(lock, "a", 0.15, answered))
        hasty = clients.create_task(request(lock, "b", 0.01, answered))
        await asyncio.sleep(0.05)
        hasty.cancel()
        clients.create_task(request(lock, "c", 0.01, answered))
    return answered, len(lock._waiters)
