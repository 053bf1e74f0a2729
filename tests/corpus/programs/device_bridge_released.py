"""A thread waits for a coroutine of the loop without a lock and stores the answer under it."""

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
            future = asyncio.run_coroutine_threadsafe(self._query(register), self.loop)
            value = future.result()
            with self.lock:
                self.values[register] = value

    async def snapshot(self):
        with self.lock:
            return dict(self.values)


async def main():
    bridge = DeviceBridge(asyncio.get_running_loop())
    poller = threading.Thread(target=bridge.refresh, args=([1, 2],))
    poller.start()
    await asyncio.sleep(0.1)
    early = await bridge.snapshot()
    await asyncio.to_thread(poller.join)
    return early.items() <= bridge.values.items(), bridge.values
