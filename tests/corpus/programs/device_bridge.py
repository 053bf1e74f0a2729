"""A thread waits for a coroutine of the loop under a lock that another coroutine of the loop takes as well."""

import asyncio
import threading


class DeviceBridge:
    def __init__(self, loop):
        self.loop = loop
        self.lock = threading.Lock()
        self.values = {}

    async def _query(self, register):
        await asyncio.sleep(0.001)
        return register * 10

    def refresh(self, registers):
        for register in registers:
            with self.lock:
                future = asyncio.run_coroutine_threadsafe(self._query(register), self.loop)
                self.values[register] = future.result()

    async def snapshot(self):
        with self.lock:
            return dict(self.values)


async def main():
    bridge = DeviceBridge(asyncio.get_running_loop())
    poller = threading.Thread(target=bridge.refresh, args=([1, 2],))
    poller.start()
    await asyncio.sleep(0.1)
    values = await bridge.snapshot()
    await asyncio.to_thread(poller.join)
    return values
