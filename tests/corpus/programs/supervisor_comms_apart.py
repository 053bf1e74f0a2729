"""Triggers talk to a supervisor from the loop and from threads; neither waits for one lock under another."""

import asyncio
import threading


class Comms:
    def __init__(self, loop):
        self.loop = loop
        self.frames = []
        self._last_id = 0
        self._id_lock = threading.Lock()
        self._pipe_lock = asyncio.Lock()

    def next_id(self):
        with self._id_lock:
            self._last_id += 1
            return self._last_id

    async def _write(self, number, message):
        async with self._pipe_lock:
            self.frames.append((number, message))

    def send(self, message):
        number = self.next_id()
        asyncio.run_coroutine_threadsafe(self._write(number, message), self.loop).result()

    async def asend(self, message):
        number = await asyncio.to_thread(self.next_id)
        await self._write(number, message)


class Trigger:
    def __init__(self, comms):
        self.comms = comms

    async def run(self, after):
        await asyncio.sleep(after)
        await self.comms.asend("heartbeat")

    def sync_hook(self):
        self.comms.send("variable")


async def main():
    comms = Comms(asyncio.get_running_loop())
    trigger = Trigger(comms)
    await asyncio.gather(asyncio.to_thread(trigger.sync_hook), trigger.run(0.15))
    return sorted(number for number, _ in comms.frames), sorted(message for _, message in comms.frames)
