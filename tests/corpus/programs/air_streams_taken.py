"""A relay forwards streams of a local server; what is open is closed when the relay is connected anew.

After https://github.com/zauberzeug/nicegui/pull/6213
"""

import asyncio
import logging

logger = logging.getLogger("air")


class Stream:
    def __init__(self, url, flush):
        self.url = url
        self.flush = flush
        self.open = True

    async def aclose(self):
        await asyncio.sleep(self.flush)
        self.open = False


class Air:
    def __init__(self):
        self.streams = {}
        self.generation = 0
        self.handlers = {"open-stream": self._open_stream, "close-stream": self._close_stream}

    async def dispatch(self, event, data):
        return await self.handlers[event](data)

    async def _open_stream(self, data):
        self.streams[data["id"]] = Stream(data["url"], data["flush"])
        return {"generation": self.generation}

    async def _close_stream(self, data):
        stream = self.streams.pop(data["id"], None)
        if stream is None:
            return {"closed": False}
        await stream.aclose()
        return {"closed": True}

    async def close_streams(self):
        streams, self.streams = self.streams, {}
        for stream_id, stream in streams.items():
            logger.debug("closing %s", stream_id)
            await stream.aclose()

    async def reconnect(self):
        await self.close_streams()
        self.generation += 1


async def browser(air, stream_id, stays):
    await air.dispatch("open-stream", {"id": stream_id, "url": f"/{stream_id}", "flush": 0.02})
    await asyncio.sleep(stays)
    return await air.dispatch("close-stream", {"id": stream_id})


async def supervisor(air, after):
    await asyncio.sleep(after)
    await air.reconnect()
    return air.generation


async def main():
    air = Air()
    await air.dispatch("open-stream", {"id": "video", "url": "/video", "flush": 0.02})
    await air.dispatch("open-stream", {"id": "events", "url": "/events", "flush": 0.02})
    _, generation = await asyncio.gather(browser(air, "log", 0.03), supervisor(air, 0.2))
    return generation, len(air.streams)


if __name__ == "__main__":
    assert asyncio.run(main()) == (1, 0)
