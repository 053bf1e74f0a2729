"""A terminal client keeps its database calls on the loop of a thread of their own."""

import asyncio
import threading
import time


class Bridge(threading.Thread):
    def __init__(self):
        super().__init__(name="database", daemon=True)
        self.loop = asyncio.new_event_loop()

    def run(self):
        self.loop.run_forever()
        self.loop.close()

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(5)

    def stop(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.join()


async def query(text):
    await asyncio.sleep(0.001)
    return text.upper()


def read_settings():
    time.sleep(0.05)
    return ["select 1", "select 2"]


def main():
    bridge = Bridge()
    bridge.start()
    statements = read_settings()
    rows = [bridge.call(query(statement)) for statement in statements]
    bridge.stop()
    return rows
