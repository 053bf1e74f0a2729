"""An operator handles the events of every object in a worker of its own, which goes away when it has been idle for a while."""

import asyncio


class Operator:
    def __init__(self, idle):
        self._idle = idle
        self._streams = {}
        self.workers = []
        self.handled = []

    def dispatch(self, key, event):
        if key in self._streams:
            self._streams[key].put_nowait(event)
        else:
            self._streams[key] = asyncio.Queue()
            self._streams[key].put_nowait(event)
            self.workers.append(asyncio.create_task(self._worker(key)))

    async def _worker(self, key):
        backlog = self._streams[key]
        try:
            while True:
                try:
                    event = await asyncio.wait_for(backlog.get(), timeout=self._idle)
                except TimeoutError:
                    break
                self.handled.append((key, event))
            await self._post_status(key)
        finally:
            del self._streams[key]

    async def _post_status(self, key):
        await asyncio.sleep(0.002)


async def watch(operator):
    operator.dispatch("pod/a", "added")
    await asyncio.sleep(0.005)
    operator.dispatch("pod/a", "modified")
    await asyncio.sleep(0.1)
    operator.dispatch("pod/a", "deleted")


async def main():
    operator = Operator(idle=0.03)
    await watch(operator)
    await asyncio.gather(*operator.workers)
    events = [event for _, event in operator.handled]
    assert events == ["added", "modified", "deleted"], events
    return events


if __name__ == "__main__":
    print(asyncio.run(main()))
