"""The thread has the loop append and set."""

import asyncio
import threading


class Listener:
    def __init__(self):
        self.wakeup = asyncio.Event()
        self.events = []
        self.loop = asyncio.get_running_loop()

    def _deliver(self, text):
        self.events.append(text)
        self.wakeup.set()

    def deliver(self, text):
        self.loop.call_soon_threadsafe(self._deliver, text)

    async def next(self):
        await self.wakeup.wait()
        self.wakeup.clear()
        return self.events.pop(0)


class Stream:
    def __init__(self):
        self.listeners = []

    def publish(self, text):
        for listener in self.listeners:
            listener.deliver(text)


async def main():
    stream = Stream()
    listener = Listener()
    stream.listeners.append(listener)
    waiting = asyncio.create_task(listener.next())
    await asyncio.sleep(0.01)
    publishing = threading.Thread(target=stream.publish, args=("saved",))
    publishing.start()
    await asyncio.sleep(0.02)
    publishing.join()
    return await asyncio.wait_for(waiting, 0.5)
