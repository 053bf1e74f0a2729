"""Handlers read and write the record of their connection without an await between."""

import asyncio
from dataclasses import dataclass, replace

from aiohttp import ClientSession, web


@dataclass(frozen=True)
class Record:
    path: str
    requests: int


class Upstream:
    def __init__(self):
        self.records = {}

    async def handle(self, request):
        body = await request.text()
        existing = self.records.get(request.path, Record(request.path, 0))
        self.records[request.path] = replace(existing, requests=existing.requests + 1)
        await asyncio.sleep(0.001)
        return web.Response(text=body.upper())


async def main():
    upstream = Upstream()
    app = web.Application()
    app.router.add_post("/{name}", upstream.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        async with ClientSession() as session:

            async def post(path, text):
                async with session.post(url + path, data=text) as response:
                    return await response.text()

            answers = await asyncio.gather(post("/a", "one"), post("/a", "two"), post("/b", "three"))
    finally:
        await runner.cleanup()
    return answers, sorted((record.path, record.requests) for record in upstream.records.values())
