"""Exports of an asset take turns by a lock on a file, which is tried on threads of a pool so that the loop goes on."""

import asyncio
import fcntl
import os
import tempfile
from contextlib import suppress
from pathlib import Path


class AsyncFileLock:
    def __init__(self, path, poll=0.01):
        self._path = path
        self._poll = poll
        self._fd = None

    def _try(self):
        fd = os.open(self._path, os.O_RDWR | os.O_CREAT)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
        else:
            self._fd = fd
        return self._fd is not None

    def _drop(self):
        fd, self._fd = self._fd, None
        os.close(fd)

    async def _attempt(self):
        return await asyncio.get_running_loop().run_in_executor(None, self._try)

    async def __aenter__(self):
        while not await self._attempt():
            await asyncio.sleep(self._poll)
        return self

    async def __aexit__(self, *exc_info):
        self._drop()


async def export(path, name, seconds, done):
    async with AsyncFileLock(path):
        await asyncio.sleep(seconds)
        done.append(name)


async def main():
    done = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "asset.lock")
        large = asyncio.create_task(export(path, "large", 0.5, done))
        await asyncio.sleep(0.15)
        small = asyncio.create_task(export(path, "small", 0.01, done))
        large.cancel()  # the user does not want it any more
        with suppress(asyncio.CancelledError):
            await large
        try:
            async with asyncio.timeout(1.0):
                await small
        except TimeoutError:
            done.append("small is late")
    return done
