"""Blocking calls run in worker threads that go back to an idle list; a reload stops the workers of the old configuration."""

import asyncio
import queue
import threading


class Worker(threading.Thread):
    def __init__(self, loop, idle):
        super().__init__(daemon=True)
        self.jobs = queue.Queue()
        self.stopping = False
        self._loop = loop
        self._idle = idle

    def run(self):
        while (job := self.jobs.get()) is not None:
            function, future = job
            self._loop.call_soon_threadsafe(self._report, future, function())

    def _report(self, future, result):
        self._idle.append(self)
        if not future.done():
            future.set_result(result)

    def stop(self):
        self.stopping = True
        self.jobs.put(None)
        if self in self._idle:
            self._idle.remove(self)


class Workers:
    def __init__(self):
        self.idle = []
        self.all = []

    async def run(self, function):
        loop = asyncio.get_running_loop()
        if self.idle:
            worker = self.idle.pop()
        else:
            worker = Worker(loop, self.idle)
            self.all.append(worker)
            worker.start()
        future = loop.create_future()
        worker.jobs.put((function, future))
        return await future

    def stop_all(self):
        for worker in self.all:
            worker.stop()
        self.all.clear()


async def reload(workers):
    await asyncio.sleep(0.05)  # the new configuration is read
    workers.stop_all()


async def main():
    workers = Workers()
    first, _ = await asyncio.gather(workers.run(lambda: sum(range(100))), reload(workers))
    second = await workers.run(lambda: sum(range(200)))
    workers.stop_all()
    assert (first, second) == (4950, 19900)
    return first, second


if __name__ == "__main__":
    print(asyncio.run(main()))
