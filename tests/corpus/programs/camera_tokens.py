"""A client of cameras refreshes its token when the service says 401; a refresh token is good once.

After https://github.com/evanjd/python-logi-circle/issues/13
"""

import asyncio

from aiohttp import ClientSession, web


class Service:
    def __init__(self):
        self.access, self.refresh, self.serial = "access-0", "refresh-0", 0

    async def accessories(self, request):
        if request.headers["Authorization"] != self.access:
            return web.json_response({}, status=401)
        return web.json_response({"camera": request.match_info["camera"], "on": True})

    async def token(self, request):
        if (await request.json())["refresh"] != self.refresh:
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.serial += 1
        self.access, self.refresh = f"access-{self.serial}", f"refresh-{self.serial}"
        return web.json_response({"access": self.access, "refresh": self.refresh})


class LogiCircle:
    def __init__(self, session, url):
        self.session, self.url = session, url
        self.access, self.refresh_token = "expired", "refresh-0"

    async def refresh(self):
        async with self.session.post(f"{self.url}/token", json={"refresh": self.refresh_token}) as response:
            if response.status != 200:
                raise PermissionError("sign in again")
            answer = await response.json()
        self.access, self.refresh_token = answer["access"], answer["refresh"]

    async def camera(self, name, retry=True):
        used = self.access
        async with self.session.get(f"{self.url}/accessories/{name}", headers={"Authorization": used}) as response:
            if response.status == 200:
                return (await response.json())["camera"]
        if not retry:
            raise PermissionError(name)
        await self.refresh()
        return await self.camera(name, retry=False)


async def update(client, name, after):
    await asyncio.sleep(after)
    return await client.camera(name)


async def main():
    service = Service()
    app = web.Application()
    app.router.add_get("/accessories/{camera}", service.accessories)
    app.router.add_post("/token", service.token)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    async with ClientSession() as session:
        client = LogiCircle(session, f"http://127.0.0.1:{port}")
        cameras = await asyncio.gather(update(client, "door", 0.0), update(client, "yard", 0.25))
    await runner.cleanup()
    return cameras


if __name__ == "__main__":
    assert asyncio.run(main()) == ["door", "yard"]
