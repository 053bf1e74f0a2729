"""Resuming a paused task of an agent server: control states are committed on a database thread, a failed resume is rolled back."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Control:
    state: str
    version: int = 0


class ControlStore:
    """Rows of control states; only the database thread touches them."""

    def __init__(self, **states):
        self._rows = {task: Control(state) for task, state in states.items()}

    def transition(self, task, state):
        before = self._rows[task]
        time.sleep(0.002)
        self._rows[task] = replace(before, state=state, version=before.version + 1)
        return before

    def read(self, task):
        return self._rows[task].state


class TaskExecutionController:
    def __init__(self, store, executor):
        self._store = store
        self._executor = executor

    def _run(self, method, *args):
        return asyncio.get_running_loop().run_in_executor(self._executor, method, *args)

    async def transition(self, task, state):
        return await self._run(self._store.transition, task, state)

    async def restore(self, task, snapshot):
        await self.transition(task, snapshot.state)

    async def state(self, task):
        return await self._run(self._store.read, task)


class ResumeHandler:
    def __init__(self, controller):
        self._controller = controller

    async def _request(self, task):
        return await self._controller.transition(task, "resume_requested")

    async def handle(self, task):
        request = asyncio.ensure_future(self._request(task))
        try:
            await asyncio.shield(request)
            await self._controller.transition(task, "running")
        except asyncio.CancelledError:
            await self._controller.restore(task, await request)
            raise


async def websocket_closes(handling, after):
    await asyncio.sleep(after)
    handling.cancel()


async def main():
    with ThreadPoolExecutor(1, "database") as executor:
        controller = TaskExecutionController(ControlStore(t1="paused"), executor)
        handling = asyncio.create_task(ResumeHandler(controller).handle("t1"))
        await asyncio.gather(handling, websocket_closes(handling, 0.05), return_exceptions=True)
        state = await controller.state("t1")
    return "settled" if state in ("paused", "running") else state
