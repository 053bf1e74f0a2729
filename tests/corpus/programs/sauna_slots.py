"""Places of a sauna are booked over HTTP: a booking takes a place in one statement, or is told that none is left."""

import asyncio
import sqlite3

from aiohttp import ClientSession, web


class Sauna:
    def __init__(self):
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.execute("CREATE TABLE slot (hour INTEGER PRIMARY KEY, free INTEGER)")
        self.connection.execute("INSERT INTO slot VALUES (18, 2)")

    async def book(self, request):
        hour = int(request.match_info["hour"])
        await asyncio.sleep(0.01)
        taken = self.connection.execute("UPDATE slot SET free = free - 1 WHERE hour = ? AND free > 0", (hour,))
        if taken.rowcount == 0:
            return web.Response(status=409)
        await asyncio.sleep(0.01)
        return web.Response(status=201)


async def guest(session, url):
    async with session.post(url) as response:
        return response.status


async def main():
    sauna = Sauna()
    app = web.Application()
    app.router.add_post("/slots/{hour}", sauna.book)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/slots/18"
    async with ClientSession() as session:
        statuses = await asyncio.gather(*(guest(session, url) for _ in range(3)))
    await runner.cleanup()
    return sorted(statuses)


if __name__ == "__main__":
    print(asyncio.run(main()))
