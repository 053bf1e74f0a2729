"""Threads that read sensors put into a queue of threads; the loop takes from it in a thread of the pool."""

import asyncio
import queue
import threading


class Sensor(threading.Thread):
    def __init__(self, name, readings, inbox):
        super().__init__(name=name)
        self.readings = readings
        self.inbox = inbox

    def run(self):
        for reading in self.readings:
            self.inbox.put((self.name, reading))
        self.inbox.put((self.name, None))


async def collect(inbox, sensors):
    latest, open_sensors = {}, set(sensors)
    while open_sensors:
        name, reading = await asyncio.to_thread(inbox.get)
        if reading is None:
            open_sensors.discard(name)
        else:
            latest.setdefault(name, []).append(reading)
    return latest


async def main():
    inbox = queue.Queue(maxsize=2)
    sensors = [Sensor("roof", [3, 4], inbox), Sensor("yard", [7], inbox)]
    for sensor in sensors:
        sensor.start()
    latest = await collect(inbox, [sensor.name for sensor in sensors])
    for sensor in sensors:
        sensor.join()
    return sorted(latest.items())
