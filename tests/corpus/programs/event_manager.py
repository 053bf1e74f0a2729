"""A worker holds the library's lock and waits for the loop; the loop takes the same lock to answer a request."""

import asyncio
import threading


class Library:
    def __init__(self, loop):
        self.loop = loop
        self.lock = threading.Lock()
        self.nodes = []
        self.announced = []

    async def _announce(self, name):
        self.announced.append(name)
        return len(self.announced)

    def handle_request(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def register(self, name):
        with self.lock:
            self.nodes.append(name)
            return self.handle_request(self._announce(name))

    async def list_nodes(self):
        with self.lock:
            return list(self.nodes)


async def run():
    library = Library(asyncio.get_running_loop())
    loading = [asyncio.create_task(asyncio.to_thread(library.register, name)) for name in ("crop",)]
    await asyncio.sleep(0.05)
    listed = await library.list_nodes()
    positions = await asyncio.gather(*loading)
    return listed, positions, library.announced


def main():
    return asyncio.run(run())
