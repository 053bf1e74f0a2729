"""Sessions with the same host share a channel; the last that leaves closes it."""

import asyncio


class Channel:
    def __init__(self, host, wire):
        self.host = host
        self.users = 0
        self.closed = False
        self._wire = wire

    async def send(self, text):
        if self.closed:
            raise ConnectionError(f"{self.host} is closed")
        await asyncio.sleep(0.002)
        self._wire.append(f"{self.host}: {text}")

    async def close(self):
        for _ in ("flush", "goodbye"):
            await asyncio.sleep(0.001)
        self.closed = True


class Channels:
    def __init__(self):
        self.wire = []
        self._open = {}

    def join(self, host):
        channel = self._open.get(host)
        if channel is None:
            channel = self._open[host] = Channel(host, self.wire)
        channel.users += 1
        return channel

    async def leave(self, channel):
        channel.users -= 1
        if channel.users == 0:
            del self._open[channel.host]
            await channel.close()


async def session(channels, host, begins, *texts):
    await asyncio.sleep(begins)
    channel = channels.join(host)
    try:
        for text in texts:
            await channel.send(text)
    finally:
        await channels.leave(channel)


async def office():
    channels = Channels()
    ended = await asyncio.gather(
        session(channels, "mail", 0, "ehlo", "quit"),
        session(channels, "mail", 0.001, "noop"),
        session(channels, "mail", 0.05, "ehlo", "data"),
        session(channels, "news", 0.002, "list"),
        return_exceptions=True,
    )
    return sorted(channels.wire), [repr(end) for end in ended if end is not None]


def main():
    return asyncio.run(office())


if __name__ == "__main__":
    print(main())
