"""An HTTP client keeps a few connections; a request whose reader has gone away is cancelled.

After https://github.com/pydantic/httpx2/pull/983
"""

import asyncio
import enum


class State(enum.Enum):
    NEW = 0
    ACTIVE = 1
    IDLE = 2


class Connection:
    def __init__(self, origin):
        self.origin = origin
        self.state = State.NEW

    async def open(self):
        await asyncio.sleep(0.01)  # the handshake
        self.state = State.ACTIVE

    async def exchange(self, path):
        await asyncio.sleep(0.05)
        return f"{self.origin}{path}"


class PoolTimeout(Exception):
    pass


class ConnectionPool:
    def __init__(self, max_connections, patience):
        self._max = max_connections
        self._patience = patience
        self._connections = []
        self._freed = asyncio.Event()

    def _assign(self, origin):
        for connection in self._connections:
            if connection.state is State.IDLE:
                connection.state = State.ACTIVE
                return connection
        if len(self._connections) < self._max:
            connection = Connection(origin)
            self._connections.append(connection)
            return connection
        return None

    async def _wait_for_connection(self, origin):
        try:
            async with asyncio.timeout(self._patience):
                while (connection := self._assign(origin)) is None:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            raise PoolTimeout(origin) from None
        return connection

    def _release(self, connection):
        if connection.state is State.NEW:
            self._connections.remove(connection)
        else:
            connection.state = State.IDLE
        self._freed.set()

    async def request(self, origin, path):
        connection = await self._wait_for_connection(origin)
        try:
            if connection.state is State.NEW:
                await connection.open()
            return await connection.exchange(path)
        finally:
            self._release(connection)


async def main():
    pool = ConnectionPool(max_connections=1, patience=0.6)
    leaving = asyncio.create_task(pool.request("http://shop", "/cart"))
    await asyncio.sleep(0.03)
    leaving.cancel()
    await asyncio.wait([leaving])
    try:
        return await pool.request("http://shop", "/orders")
    except PoolTimeout as error:
        return f"no connection to {error}"


if __name__ == "__main__":
    print(asyncio.run(main()))
