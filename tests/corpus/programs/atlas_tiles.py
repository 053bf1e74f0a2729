"""A map server draws a tile when it is first asked for; who comes while it is being drawn waits for the same drawing."""

import asyncio

import aiohttp
from aiohttp import web

DRAWN = web.AppKey("drawn", list)
TILES = web.AppKey("tiles", dict)


async def draw(app, key):
    app[DRAWN].append(key)
    await asyncio.sleep(0.05)
    return "tile " + "/".join(key)


async def tile(request):
    key = tuple(request.match_info[part] for part in ("zoom", "column", "row"))
    tiles = request.app[TILES]
    if key not in tiles:
        tiles[key] = asyncio.ensure_future(draw(request.app, key))
    return web.Response(text=await asyncio.shield(tiles[key]))


async def stop_drawing(app):
    pending = [future for future in app[TILES].values() if not future.done()]
    for future in pending:
        future.cancel()
    await asyncio.gather(*pending, return_exceptions=True)


def make_app():
    app = web.Application()
    app[DRAWN] = []
    app[TILES] = {}
    app.router.add_get("/{zoom}/{column}/{row}", tile)
    app.on_cleanup.append(stop_drawing)
    return app


async def main():
    app = make_app()
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        async with aiohttp.ClientSession(base) as browser:

            async def look(path):
                async with browser.get(path) as response:
                    return await response.text()

            shown = await asyncio.gather(*map(look, ("/3/4/2", "/3/4/3", "/3/4/2", "/3/4/2")))
    finally:
        await runner.cleanup()
    return shown, sorted(app[DRAWN])


if __name__ == "__main__":
    shown, drawn = asyncio.run(main())
    print(len(shown), "shown,", len(drawn), "drawn")
