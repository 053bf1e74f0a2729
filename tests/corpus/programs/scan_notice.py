"""A scan's end is noted by the loop; the callback that hands it over waits until the loop has done so."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor


class Notices:
    def __init__(self):
        self.loop = asyncio.get_running_loop()
        self.seen = []

    def note(self, result, noted):
        self.seen.append(result)
        noted.set()

    def scanned(self, future):
        noted = threading.Event()
        self.loop.call_soon_threadsafe(self.note, future.result(), noted)
        noted.wait()


def scan(path):
    time.sleep(0.02)
    return f"{path}: clean"


async def main():
    notices = Notices()
    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(scan, path) for path in ("a", "b")]
        for future in futures:
            future.add_done_callback(notices.scanned)
        await asyncio.gather(*map(asyncio.wrap_future, futures))
        while len(notices.seen) < 2:
            await asyncio.sleep(0.005)
    return sorted(notices.seen)
