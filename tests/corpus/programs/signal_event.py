"""A callback of a device library, on its thread, settles a future of asyncio."""

import asyncio
import threading


class Device:
    def __init__(self):
        self.pending = {}

    def read(self, attribute):
        future = asyncio.get_running_loop().create_future()
        self.pending[attribute] = future
        return future

    def on_report(self, attribute, value):
        self.pending.pop(attribute).set_result(value)


async def main():
    device = Device()
    answer = device.read("temperature")
    library = threading.Thread(target=device.on_report, args=("temperature", 21))
    library.start()
    await asyncio.sleep(0.02)
    library.join()
    return await asyncio.wait_for(answer, 0.5)
