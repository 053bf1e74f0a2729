"""A server counts its pages' views and how many requests are being answered; a monitor may look at any time."""

import asyncio
from collections import Counter

from aiohttp import ClientSession, web


class Stats:
    def __init__(self):
        self.views = Counter()
        self.active = 0

    def __enter__(self):
        self.active += 1
        return self

    def __exit__(self, *exc_info):
        self.active -= 1


STATS = web.AppKey("stats", Stats)


@web.middleware
async def counting(request, handler):
    with request.app[STATS]:
        return await handler(request)


async def page(request):
    name = request.match_info["name"]
    await asyncio.sleep(0.002)
    request.app[STATS].views[name] += 1
    return web.Response(text=f"page {name}")


async def stats(request):
    stats = request.app[STATS]
    return web.json_response({"views": sum(stats.views.values()), "active": stats.active})


async def monitor(client, base, looks, seen):
    for _ in range(looks):
        async with client.get(f"{base}/stats") as answer:
            seen.append((await answer.json())["views"])
        await asyncio.sleep(0.002)


async def read(client, url):
    async with client.get(url) as answer:
        return await answer.text()


async def run():
    app = web.Application(middlewares=[counting])
    app[STATS] = Stats()
    app.add_routes([web.get("/stats", stats), web.get("/pages/{name}", page)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    seen = []
    async with ClientSession() as client:
        watching = asyncio.create_task(monitor(client, base, 3, seen))
        texts = await asyncio.gather(*(read(client, f"{base}/pages/{name}") for name in ("tea", "cup", "tea", "pot")))
        await watching
    await runner.cleanup()
    return sorted(texts), sorted(app[STATS].views.items()), app[STATS].active, seen == sorted(seen)


def main():
    return asyncio.run(run())


if __name__ == "__main__":
    print(main())
