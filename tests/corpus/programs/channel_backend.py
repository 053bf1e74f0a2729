"""A plugin fans events of a backend's channels out to subscribers; it leaves a channel with its last subscriber.

After https://github.com/litestar-org/litestar/issues/4894
"""

import asyncio
import logging
from contextlib import asynccontextmanager

logger = logging.getLogger("channels")


class Backend:
    def __init__(self, lag):
        self.lag = lag
        self.joined = set()
        self.stream = asyncio.Queue()

    async def subscribe(self, channels):
        await asyncio.sleep(self.lag)
        self.joined |= set(channels)

    async def unsubscribe(self, channels):
        await asyncio.sleep(self.lag)
        self.joined -= set(channels)

    async def publish(self, channel, data):
        if channel in self.joined:
            await self.stream.put((channel, data))


class ChannelsPlugin:
    def __init__(self, backend):
        self.backend = backend
        self.channels = {}

    async def relay(self):
        while True:
            channel, data = await self.backend.stream.get()
            for subscriber in self.channels.get(channel, ()):
                subscriber.append(data)

    async def subscribe(self, channel):
        subscriber = []
        subscribers = self.channels.setdefault(channel, [])
        first = not subscribers
        subscribers.append(subscriber)
        if first:
            await self.backend.subscribe([channel])
        return subscriber

    async def unsubscribe(self, channel, subscriber):
        subscribers = self.channels[channel]
        subscribers[:] = [other for other in subscribers if other is not subscriber]
        if not subscribers:
            logger.debug("nobody listens to %s any more", channel)
            await self.backend.unsubscribe([channel])

    @asynccontextmanager
    async def subscription(self, channel):
        subscriber = await self.subscribe(channel)
        try:
            yield subscriber
        finally:
            await self.unsubscribe(channel, subscriber)


async def visitor(plugin, channel, after, stays, entered):
    await asyncio.sleep(after)
    async with plugin.subscription(channel) as events:
        entered.set()
        await asyncio.sleep(stays)
    return events


async def main():
    backend = Backend(0.01)
    plugin = ChannelsPlugin(backend)
    relay = asyncio.create_task(plugin.relay())
    entered = asyncio.Event()
    first = asyncio.create_task(visitor(plugin, "news", 0, 0.05, asyncio.Event()))
    second = asyncio.create_task(visitor(plugin, "news", 0.15, 0.25, entered))
    await entered.wait()
    await asyncio.sleep(0.1)
    await backend.publish("news", "headline")
    await first
    events = await second
    relay.cancel()
    return events


if __name__ == "__main__":
    assert asyncio.run(main()) == ["headline"]
