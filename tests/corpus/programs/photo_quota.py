"""Photos are put into albums over HTTP, up to a number of bytes for each album."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import ClientSession, web


@dataclass
class Album:
    quota: int
    used: int = 0
    photos: dict = field(default_factory=dict)


class Albums:
    def __init__(self, disk_delay):
        self._albums = {"summer": Album(quota=10)}
        self._disk_delay = disk_delay

    async def put(self, request):
        album = self._albums[request.match_info["album"]]
        data = await request.read()
        used = album.used
        if used + len(data) > album.quota:
            raise web.HTTPInsufficientStorage()
        await self._write(data)
        album.photos[request.match_info["photo"]] = len(data)
        album.used = used + len(data)
        return web.Response(status=201)

    async def usage(self, request):
        album = self._albums[request.match_info["album"]]
        return web.json_response({"used": album.used, "stored": sum(album.photos.values())})

    async def _write(self, data):
        for _ in ("write", "sync"):
            await asyncio.sleep(self._disk_delay)

    def routes(self):
        return [web.put("/{album}/{photo}", self.put), web.get("/{album}", self.usage)]


async def upload(client, url, data, after):
    await asyncio.sleep(after)
    async with client.put(url, data=data) as answer:
        return answer.status


async def run():
    app = web.Application()
    app.add_routes(Albums(disk_delay=0.001).routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/summer"
    async with ClientSession() as client:
        statuses = await asyncio.gather(
            upload(client, f"{base}/beach.jpg", b"x" * 6, 0),
            upload(client, f"{base}/boat.jpg", b"y" * 6, 0.05),
        )
        async with client.get(base) as answer:
            usage = await answer.json()
    await runner.cleanup()
    return sorted(statuses), usage


def main():
    return asyncio.run(run())


if __name__ == "__main__":
    print(main())
