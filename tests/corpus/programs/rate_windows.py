"""Handlers of an API ask a sliding window whether a caller may pass; the window is checked and filled in one step."""

import asyncio
import logging
from collections import defaultdict, deque

logger = logging.getLogger("limits")


class Clock:
    def time(self):
        return asyncio.get_running_loop().time()


class SlidingWindow:
    def __init__(self, limit, seconds, clock):
        self.limit = limit
        self.seconds = seconds
        self.clock = clock
        self._hits = defaultdict(deque)

    def admit(self, caller):
        now = self.clock.time()
        hits = self._hits[caller]
        while hits and hits[0] <= now - self.seconds:
            hits.popleft()
        if len(hits) >= self.limit:
            return False
        hits.append(now)
        return True


class Api:
    def __init__(self, window, routes):
        self.window = window
        self.routes = routes

    async def handle(self, caller, path):
        body = await self._read_body(path)
        if not self.window.admit(caller):
            logger.debug("%s is told to wait", caller)
            return 429
        await self.routes[path](body)
        return 200

    async def _read_body(self, path):
        await asyncio.sleep(0.01)
        return {"path": path}


async def search(body):
    await asyncio.sleep(0.02)


async def upload(body):
    await asyncio.sleep(0.04)


async def client(api, caller, paths, after):
    await asyncio.sleep(after)
    return [await api.handle(caller, path) for path in paths]


async def main():
    api = Api(SlidingWindow(3, 10, Clock()), {"/search": search, "/upload": upload})
    answers = await asyncio.gather(
        client(api, "ann", ["/search", "/upload"], 0.0),
        client(api, "ann", ["/search", "/search"], 0.01),
        client(api, "ben", ["/upload"], 0.02),
    )
    statuses = [status for answer in answers for status in answer]
    return statuses.count(200), statuses.count(429)


if __name__ == "__main__":
    assert asyncio.run(main()) == (4, 1)
