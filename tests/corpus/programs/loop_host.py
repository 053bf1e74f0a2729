"""Threads share one event loop, which is started by the first that needs it: looked at without a lock, and again with it."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor


class LoopHost:
    def __init__(self):
        self._lock = threading.Lock()
        self._loop = None
        self._thread = None
        self.started = 0

    def loop(self):
        if (loop := self._loop) is not None:
            return loop
        with self._lock:
            if self._loop is None:
                self.started += 1
                loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=loop.run_forever, name="loop")
                self._thread.start()
                self._loop = loop
            return self._loop

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop()).result()

    def close(self):
        with self._lock:
            loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()
            loop.close()


class Ledger:
    """Only ever touched on the loop."""

    def __init__(self):
        self.total = 0

    async def add(self, amount):
        self.total += amount
        await asyncio.sleep(0)
        return amount


def main():
    host, ledger = LoopHost(), Ledger()
    with ThreadPoolExecutor(3) as pool:
        added = list(pool.map(lambda amount: host.run(ledger.add(amount)), [5, 7, 11, 13]))
    host.close()
    return host.started, sum(added), ledger.total
