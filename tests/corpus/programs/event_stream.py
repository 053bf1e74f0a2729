"""A thread that publishes sets an event of asyncio directly."""

import asyncio
import threading


class Listener:
    def __init__(self):
        self.wakeup = asyncio.Event()
        self.events = []

    async def next(self):
        await self.wakeup.wait()
        self.wakeup.clear()
        return self.events.pop(0)


class Stream:
    def __init__(self):
        self.listeners = []

    def publish(self, text):
        for listener in self.listeners:
            listener.events.append(text)
            listener.wakeup.set()


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
