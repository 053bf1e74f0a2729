"""The lock is held while counting only, not while waiting for the loop."""

import asyncio
import threading


class Batch:
    def __init__(self, loop):
        self._loop = loop
        self._active_lock = threading.Lock()
        self.active = 0
        self.sent = []

    async def _send(self, items):
        await asyncio.sleep(0.001)
        self.sent.append(len(items))
        return len(items)

    async def report(self):
        with self._active_lock:
            return self.active

    def flush(self, items):
        with self._active_lock:
            self.active += 1
        sending = asyncio.run_coroutine_threadsafe(self._send(items), self._loop)
        return sending.result()


async def main():
    batch = Batch(asyncio.get_running_loop())
    flushed = await asyncio.to_thread(batch.flush, ["a", "b"])
    reporting = asyncio.create_task(batch.report())
    active = await reporting
    again = asyncio.create_task(asyncio.to_thread(batch.flush, ["c"]))
    await asyncio.sleep(0.03)
    late = asyncio.create_task(batch.report())
    return flushed, active, await again, await late, batch.sent
