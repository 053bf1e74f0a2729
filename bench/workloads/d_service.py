"""(d) An aiohttp JSON service with a sqlite query, 2,000 requests from a client in the process; with an argument (d-io), each request also waits that many ms."""

import asyncio
import sqlite3
import sys

import aiohttp
from aiohttp import web
from timing import measured

REQUESTS = 2_000
CONCURRENCY = 20


def make_database():
    database = sqlite3.connect(":memory:")
    database.execute("create table item (id integer primary key, name text, price integer)")
    database.executemany("insert into item values (?, ?, ?)", [(i, f"item-{i}", i * 3) for i in range(1000)])
    database.commit()
    return database


def make_app(database, wait):
    hits = {}

    async def item(request):
        number = int(request.match_info["id"])
        if wait:
            await asyncio.sleep(wait)
        name, price = database.execute("select name, price from item where id = ?", (number,)).fetchone()
        hits[number] = hits.get(number, 0) + 1
        return web.json_response({"id": number, "name": name, "price": price, "hits": hits[number]})

    app = web.Application()
    app.router.add_get("/item/{id}", item)
    return app


async def client(session, url, numbers):
    for number in numbers:
        async with session.get(f"{url}/item/{number}") as response:
            answer = await response.json()
            assert answer["price"] == number * 3


async def main(wait):
    runner = web.AppRunner(make_app(make_database(), wait), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    async with aiohttp.ClientSession() as session:
        await client(session, f"http://{host}:{port}", range(20))
        with measured():
            await asyncio.gather(
                *(client(session, f"http://{host}:{port}", [(i * 7 + k) % 1000 for i in range(REQUESTS // CONCURRENCY)]) for k in range(CONCURRENCY))
            )
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]) / 1000 if len(sys.argv) > 1 else 0))
