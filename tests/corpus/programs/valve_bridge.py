"""A thread opens a valve on the loop and waits for it, with the controller's lock held; the loop takes that lock to show the valves."""

import asyncio
import threading
import time


class Controller:
    def __init__(self, loop):
        self.loop = loop
        self.lock = threading.RLock()
        self.valves = {}

    def open(self, name):
        with self.lock:
            self.valves[name] = asyncio.run_coroutine_threadsafe(self.drive(name), self.loop).result()

    async def drive(self, name):
        await asyncio.sleep(0.001)
        return "open"

    def shown(self):
        with self.lock:
            return dict(self.valves)


def operator(controller):
    time.sleep(0.05)
    controller.open("north")


async def main():
    controller = Controller(asyncio.get_running_loop())
    working = asyncio.create_task(asyncio.to_thread(operator, controller))
    await asyncio.sleep(0.01)
    before = controller.shown()
    await working
    return before, controller.shown()
