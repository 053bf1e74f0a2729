"""A modem's sender puts frames into a short queue under the lock that the writer takes for every frame."""

import asyncio


class Modem:
    def __init__(self):
        self.lock = asyncio.Lock()
        self.tx_queue = asyncio.Queue(maxsize=2)
        self.power = "off"
        self.written = []

    async def send(self, frames):
        async with self.lock:
            self.power = "on"
            for frame in frames:
                await self.tx_queue.put(frame)

    async def writer(self):
        while True:
            frame = await self.tx_queue.get()
            async with self.lock:
                self.written.append((self.power, frame))
            self.tx_queue.task_done()


async def main():
    modem = Modem()
    writing = asyncio.create_task(modem.writer())

    async def application(after, frames):
        await asyncio.sleep(after)
        await modem.send(frames)

    await asyncio.gather(application(0, ["hello", "?"]), application(0.05, ["data", "end"]))
    await modem.tx_queue.join()
    writing.cancel()
    return sorted(modem.written)
