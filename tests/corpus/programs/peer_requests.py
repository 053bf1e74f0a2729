"""Replies are matched to futures by id in a dict; a caller that gave up leaves its future there, cancelled."""

import asyncio
import itertools


class Peer:
    def __init__(self):
        self.pending = {}
        self.ids = itertools.count(1)
        self.inbox = asyncio.Queue()

    async def reader(self):
        while True:
            number, answer = await self.inbox.get()
            self.pending.pop(number).set_result(answer)

    async def request(self, text):
        number = next(self.ids)
        future = self.pending[number] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_later(0.002, self.inbox.put_nowait, (number, text[::-1]))
        return await future


async def ask(peer, text, limit, delay=0):
    await asyncio.sleep(delay)
    try:
        return await asyncio.wait_for(peer.request(text), limit)
    except TimeoutError:
        return None


async def main():
    peer = Peer()
    reading = asyncio.create_task(peer.reader())
    answers = await asyncio.gather(ask(peer, "abc", 0.5), ask(peer, "def", 2, 0.03))
    reading.cancel()
    return answers
