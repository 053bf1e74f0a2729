"""Stopping a sampler waits for its task under the lock in which the task stores its samples."""

import asyncio


class Sampler:
    def __init__(self, sensor):
        self.sensor = sensor
        self.lock = asyncio.Lock()
        self.running = False
        self.samples = []
        self._task = None

    async def start(self):
        async with self.lock:
            self.running = True
            self._task = asyncio.create_task(self._run())

    async def _run(self):
        while self.running:
            value = await self.sensor()
            async with self.lock:
                self.samples.append(value)
            await asyncio.sleep(0.1)

    async def stop(self):
        async with self.lock:
            self.running = False
            await self._task
            self._task = None


async def temperature():
    await asyncio.sleep(0.001)
    return 21


async def main():
    sampler = Sampler(temperature)
    await sampler.start()
    await asyncio.sleep(0.05)
    await sampler.stop()
    return set(sampler.samples), sampler._task
