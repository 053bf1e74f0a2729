"""An engine makes tokens on a thread of its own; a handler of the event loop streams them, while another keeps the line alive."""

import asyncio
import threading
import time


class OutputStream:
    """What the engine writes with `put` is read with `async for`, up to the end of the output."""

    _END = object()

    def __init__(self):
        self._queue = asyncio.Queue()

    def put(self, token):
        self._queue.put_nowait(token)

    def finish(self):
        self._queue.put_nowait(self._END)

    def __aiter__(self):
        return self

    async def __anext__(self):
        token = await self._queue.get()
        if token is self._END:
            raise StopAsyncIteration
        return token


class Engine:
    def schedule(self, prompt, stream):
        thread = threading.Thread(target=self._generate, args=(prompt, stream), name="engine")
        thread.start()
        return thread

    def _generate(self, prompt, stream):
        for token in prompt.split():
            time.sleep(0.01)
            stream.put(token.upper())
        stream.finish()


async def keep_alive(beats):
    while True:
        await asyncio.sleep(0.004)
        beats.append(":")


async def main():
    beats = []
    pinger = asyncio.create_task(keep_alive(beats))
    stream = OutputStream()
    thread = Engine().schedule("to be or not", stream)
    tokens = [token async for token in stream]
    pinger.cancel()
    await asyncio.gather(pinger, return_exceptions=True)
    thread.join()
    return tokens
