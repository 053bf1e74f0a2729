"""An HTTP connection pool for tasks; what a request fails on goes out of the pool."""

import asyncio


class Connection:
    def __init__(self, origin, latency):
        self.origin = origin
        self.latency = latency
        self.requests = 0

    async def request(self, path):
        self.requests += 1
        await asyncio.sleep(self.latency)
        if path == "/broken":
            raise ConnectionError(self.origin)
        return f"{self.origin}{path}"


class ConnectionPool:
    def __init__(self, latency=0.005):
        self.latency = latency
        self.idle = []
        self.active = []

    def _take(self, origin):
        for connection in self.idle:
            if connection.origin == origin:
                self.idle.remove(connection)
                break
        else:
            connection = Connection(origin, self.latency)
        self.active.append(connection)
        return connection

    async def request(self, origin, path):
        connection = self._take(origin)
        try:
            response = await connection.request(path)
        except Exception:
            self.active.remove(connection)
            raise
        self.active.remove(connection)
        self.idle.append(connection)
        return response


async def fetch(pool, path, patience):
    try:
        return await asyncio.wait_for(pool.request("api", path), patience)
    except (TimeoutError, ConnectionError) as error:
        return type(error).__name__


async def main():
    pool = ConnectionPool()
    pages = [await fetch(pool, path, 0.5) for path in ("/users", "/broken", "/teams")]
    return pages[1], len(pool.active)
