"""A wallet asks a swap server over two relays, and both of them deliver the server's reply.

After https://github.com/spesmilo/electrum/pull/10833
"""

import asyncio
import itertools
import logging

logger = logging.getLogger("swaps")


class Relay:
    def __init__(self, name, latency):
        self.name = name
        self.latency = latency
        self.inbox = asyncio.Queue()


class Keys:
    def __init__(self, cost):
        self.cost = cost

    async def decrypt(self, content):
        await asyncio.sleep(self.cost)
        return content.removeprefix("sealed ")


class SwapTransport:
    def __init__(self, relays, keys):
        self.relays = relays
        self.keys = keys
        self.pending = {}
        self._ids = itertools.count(1)
        self._inbox = asyncio.Queue()

    def start(self):
        pumps = [asyncio.create_task(self._pump(relay)) for relay in self.relays]
        return [*pumps, asyncio.create_task(self.check_dms())]

    async def _pump(self, relay):
        while True:
            event = await relay.inbox.get()
            await asyncio.sleep(relay.latency)
            self._inbox.put_nowait(event)

    async def check_dms(self):
        while True:
            event = await self._inbox.get()
            waiting = self.pending.get(event["reply_to"])
            if waiting is None or waiting.done():
                logger.debug("unknown or late reply %s", event["reply_to"])
                continue
            waiting.set_result(event["content"])

    async def request(self, method):
        number = next(self._ids)
        self.pending[number] = answer = asyncio.get_running_loop().create_future()
        try:
            for relay in self.relays:
                relay.inbox.put_nowait({"reply_to": number, "content": f"sealed {method} ok"})
            return await self.keys.decrypt(await asyncio.wait_for(answer, 1))
        finally:
            del self.pending[number]


async def main():
    transport = SwapTransport([Relay("near", 0.01), Relay("far", 0.12)], Keys(0.02))
    tasks = transport.start()
    replies = []
    for method in ("getpairs", "createswap"):
        replies.append(await transport.request(method))
        await asyncio.sleep(0.15)
    for task in tasks:
        task.cancel()
    return replies


if __name__ == "__main__":
    assert asyncio.run(main()) == ["getpairs ok", "createswap ok"]
