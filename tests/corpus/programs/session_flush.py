"""The flusher takes the waiting records and then writes them; cancelled in between, it takes them to the grave."""

import asyncio


class Disk:
    def __init__(self):
        self.rows = {}

    async def write(self, rows):
        await asyncio.sleep(0.002)
        self.rows.update(rows)


class SessionStore:
    def __init__(self, disk):
        self.disk = disk
        self.pending = {}
        self.wake = asyncio.Event()
        self._task = asyncio.create_task(self._flush_loop())

    def save(self, name, state):
        self.pending[name] = state
        self.wake.set()

    async def _flush_loop(self):
        while True:
            await self.wake.wait()
            self.wake.clear()
            await self.flush()

    async def flush(self):
        rows, self.pending = self.pending, {}
        if rows:
            await self.disk.write(rows)

    async def close(self):
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()


async def run():
    disk = Disk()
    store = SessionStore(disk)
    store.save("ann", "open")
    store.save("bob", "idle")
    await asyncio.sleep(0.05)
    store.save("ann", "done")
    await asyncio.sleep(0.05)
    await store.close()
    return dict(sorted(disk.rows.items())), store.pending


def main():
    return asyncio.run(run())
