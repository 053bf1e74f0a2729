"""Clients that want a task's result wait for its next update, each by an event that the store keeps under the task's id."""

import asyncio


class TaskStore:
    def __init__(self):
        self.status = {}
        self._events = {}

    async def get(self, task_id):
        await asyncio.sleep(0)
        return self.status[task_id]

    async def wait_for_update(self, task_id):
        event = self._events[task_id] = asyncio.Event()
        await event.wait()

    async def update(self, task_id, status):
        await asyncio.sleep(0)
        self.status[task_id] = status
        event = self._events.get(task_id)
        if event is not None:
            event.set()


async def result(store, task_id):
    status = await store.get(task_id)
    while status != "completed":
        await store.wait_for_update(task_id)
        status = await store.get(task_id)
    return status


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
