"""A driver's thread renames devices under the registry's lock, and has the loop tell its clients when it has given that back."""

import asyncio
import threading


class Registry:
    def __init__(self, loop):
        self.loop = loop
        self.lock = threading.Lock()
        self.names = {1: "lamp", 2: "door"}
        self.told = []

    async def tell(self, device, name):
        await asyncio.sleep(0)
        self.told.append((device, name))

    def rename(self, device, name):
        with self.lock:
            self.names[device] = name
        asyncio.run_coroutine_threadsafe(self.tell(device, name), self.loop).result()

    def lookup(self, device):
        with self.lock:
            return self.names[device]


def driver(registry):
    registry.rename(1, "desk lamp")


async def run():
    registry = Registry(asyncio.get_running_loop())
    thread = threading.Thread(target=driver, args=(registry,), daemon=True)
    thread.start()
    await asyncio.sleep(0.04)
    name = registry.lookup(2)
    while thread.is_alive():
        await asyncio.sleep(0.002)
    return name, registry.told, sorted(registry.names.items())


def main():
    return asyncio.run(run())
