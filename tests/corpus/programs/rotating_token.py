"""Two requests of one client find the token expired; the server takes a refresh token once."""

import asyncio

from aiohttp import ClientSession, web


class Provider:
    def __init__(self):
        self.valid = "r0"
        self.issued = 0

    async def token(self, request):
        given = (await request.post())["refresh_token"]
        if given != self.valid:
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.issued += 1
        self.valid = f"r{self.issued}"
        return web.json_response({"access_token": f"a{self.issued}", "refresh_token": self.valid})


class Client:
    def __init__(self, session, url):
        self._session = session
        self._url = url
        self.access = None
        self.refresh = "r0"

    async def ensure_active_token(self):
        if self.access is None:
            async with self._session.post(self._url, data={"refresh_token": self.refresh}) as response:
                answer = await response.json()
            if "error" in answer:
                raise PermissionError(answer["error"])
            self.access, self.refresh = answer["access_token"], answer["refresh_token"]

    async def get(self, path):
        await self.ensure_active_token()
        return path, self.access


async def main():
    provider = Provider()
    app = web.Application()
    app.router.add_post("/token", provider.token)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with ClientSession() as session:
            client = Client(session, f"http://127.0.0.1:{runner.addresses[0][1]}/token")
            first = asyncio.create_task(client.get("/me"))
            await asyncio.sleep(0.15)
            second = asyncio.create_task(client.get("/orders"))
            answers = await asyncio.gather(first, second, return_exceptions=True)
    finally:
        await runner.cleanup()
    return [str(answer) for answer in answers], provider.issued
