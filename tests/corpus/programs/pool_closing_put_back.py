"""A database pool closes its idle connections one by one; one it is cut short at goes back; the service terminates what is left after a second."""

import asyncio
from collections import deque


class Connection:
    def __init__(self):
        self.closed = False

    async def ensure_closed(self):
        await asyncio.sleep(0.001)  # the farewell to the server
        self.closed = True

    def terminate(self):
        self.closed = True


class Pool:
    def __init__(self, size):
        self.opened = [Connection() for _ in range(size)]
        self._free = deque(self.opened)
        self._closing = False

    def close(self):
        self._closing = True

    async def wait_closed(self):
        assert self._closing
        while self._free:
            connection = self._free.popleft()
            try:
                await connection.ensure_closed()
            except BaseException:
                self._free.appendleft(connection)
                raise

    def terminate(self):
        while self._free:
            self._free.popleft().terminate()


async def main():
    pool = Pool(3)
    pool.close()
    try:
        await asyncio.wait_for(pool.wait_closed(), timeout=1.0)
    except TimeoutError:
        pool.terminate()
    left_open = sum(not connection.closed for connection in pool.opened)
    assert left_open == 0, f"{left_open} connections left open"
    return left_open


if __name__ == "__main__":
    print(asyncio.run(main()))
