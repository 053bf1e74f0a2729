"""A thread reads prices off a socket and has the event loop put them into the queue they are taken from."""

import asyncio
import threading


class Socket:
    def __init__(self, frames):
        self.frames = frames

    def recv(self):
        return self.frames.pop(0) if self.frames else None


class Ticker:
    def __init__(self, socket):
        self.socket = socket
        self.queue = asyncio.Queue()
        self.thread = threading.Thread(target=self._read, daemon=True)

    def start(self):
        self.loop = asyncio.get_running_loop()
        self.thread.start()

    def _read(self):
        while (frame := self.socket.recv()) is not None:
            symbol, _, price = frame.partition(" ")
            self.loop.call_soon_threadsafe(self.queue.put_nowait, (symbol, float(price)))
        self.loop.call_soon_threadsafe(self.queue.put_nowait, None)

    async def prices(self):
        while (update := await self.queue.get()) is not None:
            yield update


async def log_in():
    await asyncio.sleep(0.04)
    return "trader"


async def main():
    ticker = Ticker(Socket(["EUR 1.08", "GBP 1.27", "EUR 1.09"]))
    ticker.start()
    user = await log_in()
    latest = {}
    async for symbol, price in ticker.prices():
        latest[symbol] = price
    ticker.thread.join()
    return user, sorted(latest.items())
