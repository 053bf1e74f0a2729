"""A worker thread puts its output away and sets an asyncio event; the loop, if it sleeps by then, is not woken."""

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
    def __init__(self, collector, tokens):
        super().__init__(daemon=True)
        self.collector = collector
        self.tokens = tokens

    def run(self):
        self.collector.put(" ".join(token.upper() for token in self.tokens))


async def serve():
    collector = OutputCollector()
    engine = Engine(collector, ["a", "b", "c"])
    engine.start()
    await asyncio.sleep(0.02)
    text = await collector.get()
    engine.join()
    return text, collector.output


def main():
    return asyncio.run(serve())
