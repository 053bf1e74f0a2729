"""Threads compress the chunks and the loop counts them; a watcher looks at the count now and then and changes nothing."""

import asyncio
import zlib


class Upload:
    def __init__(self, chunks):
        self.chunks = chunks
        self.sent = 0
        self.sizes = {}

    async def _send(self, number, chunk):
        packed = await asyncio.to_thread(zlib.compress, chunk)
        self.sizes[number] = len(zlib.decompress(packed))
        self.sent += len(chunk)

    async def run(self):
        await asyncio.gather(*(self._send(*item) for item in enumerate(self.chunks)))


async def watch(upload, shown):
    while True:
        shown.append(upload.sent)
        await asyncio.sleep(0.001)


async def run():
    upload = Upload([b"a" * 40, b"bc" * 30, b"xyz"])
    shown = []
    watcher = asyncio.create_task(watch(upload, shown))
    await upload.run()
    watcher.cancel()
    await asyncio.gather(watcher, return_exceptions=True)
    return upload.sent, sorted(upload.sizes.items()), shown == sorted(shown)


def main():
    return asyncio.run(run())
