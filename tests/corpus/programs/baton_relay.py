"""Runners of a relay: each takes its place behind the last one at once, and runs when that one has come in."""

import asyncio
from contextlib import asynccontextmanager


class Relay:
    def __init__(self):
        self._last = None
        self.total = 0

    async def _come(self, before, mine):
        """Who gives up while waiting leaves its place to be passed when the one before it has come in."""
        try:
            await asyncio.shield(before)
        except asyncio.CancelledError:
            before.add_done_callback(lambda _: mine.set_result(None))
            raise

    @asynccontextmanager
    async def place(self):
        before, mine = self._last, asyncio.get_running_loop().create_future()
        self._last = mine
        if before is not None:
            await self._come(before, mine)
        try:
            yield
        finally:
            mine.set_result(None)


async def runner(relay, pause, metres):
    await asyncio.sleep(pause)
    async with relay.place():
        sofar = relay.total
        await asyncio.sleep(0.002)
        relay.total = sofar + metres


async def main():
    relay = Relay()
    await asyncio.gather(*(runner(relay, i * 0.001, metres) for i, metres in enumerate((100, 200, 400))))
    return relay.total
