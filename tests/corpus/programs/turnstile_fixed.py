"""A cancelled waiter that was given the permit passes it on."""

import asyncio
from collections import deque


class Turnstile:
    def __init__(self, permits):
        self.permits = permits
        self.waiters = deque()

    async def enter(self):
        if self.permits > 0:
            self.permits -= 1
            return
        waiter = asyncio.get_running_loop().create_future()
        self.waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self.leave()
            raise
        finally:
            if waiter in self.waiters:
                self.waiters.remove(waiter)

    def leave(self):
        while self.waiters:
            waiter = self.waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return
        self.permits += 1


async def visit(turnstile, name, log):
    try:
        await asyncio.wait_for(turnstile.enter(), 0.2)
    except TimeoutError:
        return
    await asyncio.sleep(0.002)
    log.append(name)
    turnstile.leave()


async def main():
    turnstile = Turnstile(1)
    log = []
    await asyncio.gather(*(visit(turnstile, name, log) for name in ("ann", "bob", "eve")))
    return log, turnstile.permits
