"""A memcache client lends its connections; who finds none waits for one to be handed over, for a second at most, and passes on what came too late."""

import asyncio
from collections import deque


class ConnectionPool:
    def __init__(self, size):
        self.free = deque(f"connection-{number}" for number in range(size))
        self._waiters = deque()

    async def acquire(self):
        if self.free:
            return self.free.popleft()
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter in self._waiters:
                self._waiters.remove(waiter)
            elif waiter.done() and not waiter.cancelled():
                self.release(waiter.result())
            raise

    def release(self, connection):
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.done():
                waiter.set_result(connection)
                return
        self.free.append(connection)


class Client:
    def __init__(self, pool):
        self._pool = pool
        self.data = {}

    async def set(self, key, value):
        try:
            connection = await asyncio.wait_for(self._pool.acquire(), timeout=1.0)
        except TimeoutError:
            return False
        try:
            await asyncio.sleep(0.005)
            self.data[key] = value
            return True
        finally:
            self._pool.release(connection)


async def main():
    pool = ConnectionPool(1)
    client = Client(pool)
    await asyncio.gather(*(client.set(key, key.upper()) for key in ("a", "b", "c")))
    assert len(pool.free) == 1, "a connection was lost"
    return sorted(client.data)


if __name__ == "__main__":
    print(asyncio.run(main()))
