"""Senders of push notes share one channel; whoever dials it frees the way for the next if that fails."""

import asyncio


class ChannelPool:
    def __init__(self, host):
        self.host = host
        self._channel = None
        self._dialling = False
        self._dialled = asyncio.Event()

    async def _dial(self):
        await asyncio.sleep(0.002)
        return {"host": self.host, "sent": []}

    async def acquire(self):
        while self._channel is None:
            if self._dialling:
                await self._dialled.wait()
                continue
            self._dialling = True
            self._dialled.clear()
            try:
                self._channel = await self._dial()
            finally:
                self._dialling = False
                self._dialled.set()
        return self._channel


class Pusher:
    def __init__(self, pool):
        self.pool = pool
        self.late = []

    async def push(self, note, within=None):
        try:
            async with asyncio.timeout(within):
                channel = await self.pool.acquire()
        except TimeoutError:
            self.late.append(note)
        else:
            channel["sent"].append(note)


async def main():
    pusher = Pusher(ChannelPool("push.example.org"))
    await asyncio.gather(
        pusher.push("alarm", within=0.5),
        pusher.push("digest"),
    )
    channel = await pusher.pool.acquire()
    return channel["host"], sorted(channel["sent"] + pusher.late)
