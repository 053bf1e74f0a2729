"""A client says that all parts of its upload are there; the server joins them and files the result once."""

import asyncio

from aiohttp import ClientSession, web


class Uploads:
    def __init__(self):
        self.uploads = {"7": {"state": "open", "parts": ["abc", "def"]}}
        self.files = []

    async def _join(self, parts):
        await asyncio.sleep(0.002)
        return "".join(parts)

    async def complete(self, request):
        upload = self.uploads[request.match_info["id"]]
        if upload["state"] != "open":
            return web.json_response({"state": upload["state"]}, status=409)
        content = await self._join(upload["parts"])
        upload["state"] = "complete"
        self.files.append(content)
        return web.json_response({"size": len(content)}, status=201)


async def client(session, url, delay):
    await asyncio.sleep(delay)
    async with session.post(url) as response:
        return response.status


async def main():
    uploads = Uploads()
    app = web.Application()
    app.router.add_post("/uploads/{id}/complete", uploads.complete)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/uploads/7/complete"
    try:
        async with ClientSession() as session:
            statuses = await asyncio.gather(client(session, url, 0), client(session, url, 0.1))
    finally:
        await runner.cleanup()
    return sorted(statuses), uploads.files, uploads.uploads["7"]["state"]
