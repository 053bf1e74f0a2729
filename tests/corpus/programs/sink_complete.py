"""Waiting for the sink's tasks is done under a thread lock; a message emitted meanwhile stops the loop for good."""

import asyncio
import threading


class AsyncSink:
    def __init__(self):
        self.lines = []
        self._tasks = []

    def write(self, message):
        self._tasks.append(asyncio.get_running_loop().create_task(self._write(message)))

    async def _write(self, message):
        await asyncio.sleep(0.001)
        self.lines.append(message)

    async def complete(self):
        tasks, self._tasks = self._tasks, []
        await asyncio.gather(*tasks)


class Handler:
    def __init__(self, sink):
        self._sink = sink
        self._protector = threading.Lock()

    def emit(self, message):
        with self._protector:
            self._sink.write(message.capitalize())

    async def complete(self):
        with self._protector:
            await self._sink.complete()


async def request(handler, name, delay):
    await asyncio.sleep(delay)
    handler.emit(f"{name} begins")
    await handler.complete()


async def run():
    sink = AsyncSink()
    handler = Handler(sink)
    async with asyncio.TaskGroup() as group:
        group.create_task(request(handler, "login", 0))
        group.create_task(request(handler, "search", 0.04))
    return sink.lines


def main():
    return asyncio.run(run())
