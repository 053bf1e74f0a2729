"""The worker thread hands its output over to the loop, which puts it away and sets the event."""

import asyncio
import threading


class OutputCollector:
    def __init__(self):
        self.ready = asyncio.Event()
        self.output = None

    def put(self, output):
        if self.output is None:
            self.output = output
        else:
            self.output += output
        self.ready.set()

    async def get(self):
        await self.ready.wait()
        output, self.output = self.output, None
        self.ready.clear()
        return output


class Engine(threading.Thread):
    def __init__(self, loop, collector, tokens):
        super().__init__(daemon=True)
        self.loop = loop
        self.collector = collector
        self.tokens = tokens

    def run(self):
        text = " ".join(token.upper() for token in self.tokens)
        self.loop.call_soon_threadsafe(self.collector.put, text)


async def serve():
    collector = OutputCollector()
    engine = Engine(asyncio.get_running_loop(), collector, ["a", "b", "c"])
    engine.start()
    text = await collector.get()
    engine.join()
    return text, collector.output


def main():
    return asyncio.run(serve())
