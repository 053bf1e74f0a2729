"""A client of a recipe service renews its access token shortly before it ends, each time with a new refresh token."""

import asyncio
import itertools

from aiohttp import ClientSession, web


class Service:
    def __init__(self):
        self._serial = itertools.count(1)
        self.refresh_token = "refresh-0"
        self.renewals = 0

    async def token(self, request):
        form = await request.post()
        if form["refresh_token"] != self.refresh_token:
            return web.json_response({"error": "invalid_grant"}, status=400)
        number = next(self._serial)
        self.refresh_token = f"refresh-{number}"
        self.renewals += 1
        return web.json_response({"access_token": f"access-{number}", "refresh_token": self.refresh_token, "calls": 50})

    async def recipe(self, request):
        return web.json_response({"recipe": request.match_info["name"], "for": request.headers["Authorization"]})


class Cookbook:
    def __init__(self, session, base):
        self._session = session
        self._base = base
        self._access = "access-0"
        self._refresh_token = "refresh-0"
        self._calls_left = 0
        self._refreshing = asyncio.Lock()

    async def _refresh(self):
        data = {"refresh_token": self._refresh_token}
        async with self._session.post(f"{self._base}/token", data=data, raise_for_status=True) as response:
            tokens = await response.json()
        self._access, self._refresh_token = tokens["access_token"], tokens["refresh_token"]
        self._calls_left = tokens["calls"]

    async def _ensure_token(self):
        async with self._refreshing:
            if self._calls_left <= 0:
                await self._refresh()

    async def recipe(self, name):
        await self._ensure_token()
        self._calls_left -= 1
        headers = {"Authorization": self._access}
        async with self._session.get(f"{self._base}/recipes/{name}", headers=headers) as response:
            return await response.json()


async def open_page(cookbook, name, after):
    await asyncio.sleep(after)
    return await cookbook.recipe(name)


async def main():
    service = Service()
    app = web.Application()
    app.add_routes([web.post("/token", service.token), web.get("/recipes/{name}", service.recipe)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with ClientSession() as session:
        cookbook = Cookbook(session, "http://{}:{}".format(*runner.addresses[0][:2]))
        pages = await asyncio.gather(open_page(cookbook, "dal", 0.0), open_page(cookbook, "pho", 0.1), return_exceptions=True)
    await runner.cleanup()
    return [page if isinstance(page, dict) else type(page).__name__ for page in pages], service.renewals
