"""A flow's event may be set from any thread: the thread posts that to the event's loop and goes on."""

import asyncio
import threading


class Event:
    def __init__(self):
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def is_set(self):
        return self._event.is_set()

    def set(self):
        self._loop.call_soon_threadsafe(self._event.set)


class Worker:
    def __init__(self, finished):
        self._finished = finished
        self._thread = threading.Thread(target=self._run)
        self.results = []

    def start(self):
        self._thread.start()

    def _run(self):
        self.results.append(sum(range(1000)))
        self._finished.set()

    def join(self):
        self._thread.join()


async def register():
    await asyncio.sleep(0.05)  # the server is told of the flow


async def main():
    finished = Event()
    worker = Worker(finished)
    worker.start()
    await register()
    worker.join()
    await asyncio.sleep(0)
    assert finished.is_set()
    return worker.results


if __name__ == "__main__":
    print(asyncio.run(main()))
