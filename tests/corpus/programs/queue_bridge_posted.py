"""A sensor library calls back in a thread of its own; the readings are posted to the loop, which puts them into its queue."""

import asyncio
import threading


class Sensor:
    def __init__(self, on_reading):
        self._on_reading = on_reading

    def run(self):
        for value in (20.5, 20.7, 21.0):
            self._on_reading(value)


class Bridge:
    def __init__(self):
        self.queue = asyncio.Queue()
        self._loop = asyncio.get_running_loop()

    def on_reading(self, value):
        self._loop.call_soon_threadsafe(self.queue.put_nowait, value)


async def connect():
    await asyncio.sleep(0.05)  # the broker answers


async def main():
    bridge = Bridge()
    sensor = threading.Thread(target=Sensor(bridge.on_reading).run)
    sensor.start()
    await connect()
    values = [await bridge.queue.get() for _ in range(3)]
    sensor.join()
    assert values == [20.5, 20.7, 21.0], values
    return values


if __name__ == "__main__":
    print(asyncio.run(main()))
