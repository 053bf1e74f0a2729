"""Handlers of a web application give a name to the first who asks: it is held while it is checked, and let go if it is rude."""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

NAMES = web.AppKey("names", dict)
routes = web.RouteTableDef()


async def decent(name):
    await asyncio.sleep(0.001)
    return "rude" not in name


@routes.put("/names/{name}")
async def claim(request):
    names, name = request.app[NAMES], request.match_info["name"]
    if names.setdefault(name, request.query["by"]) != request.query["by"]:
        raise web.HTTPConflict
    if not await decent(name):
        del names[name]
        raise web.HTTPForbidden
    return web.Response(status=201)


async def ask(client, by, comes):
    await asyncio.sleep(comes)
    async with client.put("/names/robin", params={"by": by}) as response:
        return response.status


async def main():
    app = web.Application()
    app[NAMES] = {}
    app.add_routes(routes)
    async with TestClient(TestServer(app)) as client:
        statuses = await asyncio.gather(ask(client, "ann", 0), ask(client, "bob", 0.1))
    return sorted(statuses), len(app[NAMES])
