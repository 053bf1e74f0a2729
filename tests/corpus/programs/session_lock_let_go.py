"""Requests of a node share one session cache: its lock is a thread's lock, which tasks acquire in an executor.

After https://github.com/ApeWorX/web3.py/issues/2693
"""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress


class Provider:
    def __init__(self):
        self._pool = ThreadPoolExecutor(max_workers=2)
        self._lock = threading.Lock()
        self.sessions = {}

    @asynccontextmanager
    async def locked(self):
        loop = asyncio.get_running_loop()
        acquiring = self._pool.submit(self._lock.acquire)
        try:
            await asyncio.shield(asyncio.wrap_future(acquiring, loop=loop))
        except asyncio.CancelledError:
            acquiring.add_done_callback(lambda done: self._lock.release())
            raise
        try:
            yield
        finally:
            self._lock.release()

    async def session(self, uri):
        async with self.locked():
            if uri not in self.sessions:
                await asyncio.sleep(0.02)
                self.sessions[uri] = f"session of {uri}"
            return self.sessions[uri]

    def close(self):
        self._pool.shutdown(wait=False, cancel_futures=True)


async def call(provider, uri, method):
    session = await provider.session(uri)
    await asyncio.sleep(0.1)
    return f"{method} over {session}"


async def main():
    provider = Provider()
    first = await call(provider, "http://node", "eth_chainId")
    polling = asyncio.create_task(call(provider, "http://node", "eth_getLogs"))
    await asyncio.sleep(0.05)
    polling.cancel()
    with suppress(asyncio.CancelledError):
        await polling
    last = await asyncio.wait_for(call(provider, "http://node", "eth_blockNumber"), 2)
    provider.close()
    return first, last


if __name__ == "__main__":
    print(asyncio.run(main()))
