"""Plain threads call a client that lives on a loop of its own thread, through run_coroutine_threadsafe."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor


class LoopThread:
    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        return self

    def __exit__(self, *details):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()


class Client:
    def __init__(self):
        self.sent = 0

    async def fetch(self, path):
        await asyncio.sleep(0.001)
        self.sent += 1
        return path.upper()


def main():
    client = Client()
    with LoopThread() as runner, ThreadPoolExecutor(max_workers=2) as pool:
        bodies = list(pool.map(lambda path: runner.call(client.fetch(path)), ["/a", "/b", "/c"]))
    return bodies, client.sent
