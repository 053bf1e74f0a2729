"""A job ends once: as completed or as failed, whichever of its watchers says so first."""

import asyncio
import enum
import functools


class State(enum.Enum):
    WORKING = "working"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def final(self):
        return self is not State.WORKING


def verdict(state):
    """The decorated coroutine method builds the message that goes out with the final `state`."""

    def wrap(build):
        @functools.wraps(build)
        async def change(self, *args):
            if self.state.final:
                return False
            message = await build(self, *args)
            self.events.append((state, message))
            self.state = state
            return True

        return change

    return wrap


class Job:
    def __init__(self):
        self.state = State.WORKING
        self.events = []

    async def render(self, text):
        await asyncio.sleep(0.002)
        return text.capitalize()

    @verdict(State.COMPLETED)
    async def complete(self, result):
        return await self.render(f"result {result}")

    @verdict(State.FAILED)
    async def fail(self, reason):
        return await self.render(reason)


async def worker(job):
    await asyncio.sleep(0.001)
    return await job.complete(42)


async def watchdog(job):
    await asyncio.sleep(0.03)
    return await job.fail("no sign of life")


async def main():
    job = Job()
    said = await asyncio.gather(worker(job), watchdog(job))
    return said.count(True), len(job.events), job.state is job.events[0][0]
