"""Clients that want a task's result wait for its status under a condition, as many as like."""

import asyncio


class TaskStore:
    def __init__(self):
        self.status = {}
        self._changed = asyncio.Condition()

    async def wait_for(self, task_id, status):
        async with self._changed:
            await self._changed.wait_for(lambda: self.status[task_id] == status)
        return status

    async def update(self, task_id, status):
        await asyncio.sleep(0)
        async with self._changed:
            self.status[task_id] = status
            self._changed.notify_all()


async def result(store, task_id):
    return await store.wait_for(task_id, "completed")


async def client(store, task_id, delay):
    await asyncio.sleep(delay)
    return await result(store, task_id)


async def work(store, task_id):
    await asyncio.sleep(0.03)
    await store.update(task_id, "completed")


async def main():
    store = TaskStore()
    store.status["build"] = "working"
    worker = asyncio.create_task(work(store, "build"))
    answers = await asyncio.gather(client(store, "build", 0), client(store, "build", 0.06))
    await worker
    return answers, store.status
