"""Readers like an article; the service counts them, and each reader once only."""

import asyncio
from dataclasses import dataclass, field

from aiohttp import ClientSession, web


@dataclass
class Article:
    title: str
    likes: int = 0
    readers: set[str] = field(default_factory=set)


ARTICLES = web.AppKey("articles", dict)


async def like(request):
    article = request.app[ARTICLES][request.match_info["key"]]
    form = await request.post()
    reader = form["reader"]
    if reader not in article.readers:
        article.readers.add(reader)
        article.likes += 1
    await audit(article, reader)
    return web.json_response({"title": article.title})


async def audit(article, reader):
    await asyncio.sleep(0.003)  # a line in the log of another service


async def show(request):
    article = request.app[ARTICLES][request.match_info["key"]]
    return web.json_response({"title": article.title, "likes": article.likes})


async def click(session, url, reader):
    async with session.post(url, data={"reader": reader}) as response:
        return response.status


async def main():
    app = web.Application()
    app[ARTICLES] = {"moss": Article("A year with moss")}
    app.add_routes([web.post("/articles/{key}/like", like), web.get("/articles/{key}", show)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = "http://{}:{}/articles/moss".format(*runner.addresses[0][:2])
    async with ClientSession() as session:
        readers = ("ana", "bo", "ana", "cleo", "bo")
        statuses = await asyncio.gather(*(click(session, f"{base}/like", reader) for reader in readers))
        async with session.get(base) as response:
            shown = await response.json()
    await runner.cleanup()
    return statuses, shown
