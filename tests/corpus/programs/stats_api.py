"""Handlers of a service count requests and bytes around their awaits, each count in one step."""

import asyncio
from collections import Counter

from aiohttp import ClientSession, web


@web.middleware
async def counting(request, handler):
    stats = request.app["stats"]
    stats["requests"] += 1
    response = await handler(request)
    stats["bytes"] += len(response.body)
    stats[f"status {response.status}"] += 1
    return response


async def page(request):
    await asyncio.sleep(0.001)
    return web.Response(body=b"x" * int(request.match_info["size"]))


async def main():
    app = web.Application(middlewares=[counting])
    app["stats"] = Counter()
    app.router.add_get("/page/{size}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/page/"
    async with ClientSession() as session:

        async def get(size):
            async with session.get(f"{url}{size}") as response:
                return len(await response.read())

        sizes = await asyncio.gather(get(10), get(20), get(30))
    await runner.cleanup()
    return sizes, sorted(app["stats"].items())
