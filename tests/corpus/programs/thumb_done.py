"""Thumbnails are made in a pool; when one is there, the gallery is told on the loop, and its answer is waited for."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor


def shrink(name):
    time.sleep(0.02)
    return name.upper()


async def tell(gallery, picture):
    gallery.append(picture)
    return len(gallery)


async def main():
    loop, gallery, answers = asyncio.get_running_loop(), [], []
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(shrink, "cat")
        job.add_done_callback(lambda done: answers.append(asyncio.run_coroutine_threadsafe(tell(gallery, done.result()), loop).result()))
        await asyncio.wrap_future(job)
        while not answers:
            await asyncio.sleep(0.005)
    return gallery, answers
