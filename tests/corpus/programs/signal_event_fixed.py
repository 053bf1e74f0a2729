"""The callback has the loop settle the future."""

import asyncio
import threading


class Device:
    def __init__(self):
        self.pending = {}
        self._loop = asyncio.get_running_loop()

    def read(self, attribute):
        future = asyncio.get_running_loop().create_future()
        self.pending[attribute] = future
        return future

    def on_report(self, attribute, value):
        self._loop.call_soon_threadsafe(self._settle, attribute, value)

    def _settle(self, attribute, value):
        self.pending.pop(attribute).set_result(value)


async def main():
    device = Device()
    answer = device.read("temperature")
    library = threading.Thread(target=device.on_report, args=("temperature", 21))
    library.start()
    await asyncio.sleep(0.02)
    library.join()
    return await asyncio.wait_for(answer, 0.5)
