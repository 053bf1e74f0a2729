"""The thread asks the loop to put."""

import asyncio


class Layout:
    def __init__(self):
        self.updates = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def render(self, names):
        for name in names:
            self._loop.call_soon_threadsafe(self.updates.put_nowait, name)

    async def consume(self, count):
        return [await self.updates.get() for _ in range(count)]


async def main():
    layout = Layout()
    consuming = asyncio.create_task(layout.consume(2))
    await asyncio.sleep(0)
    await asyncio.to_thread(layout.render, ["header", "body"])
    return await asyncio.wait_for(consuming, 0.5)
