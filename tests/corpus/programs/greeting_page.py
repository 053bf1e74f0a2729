"""A personal front page: a middleware finds out who asks, a handler greets."""

import asyncio

from aiohttp import ClientSession, web

SESSIONS = {"s1": "ada", "s2": "grace"}


class Visits:
    def __init__(self):
        self.user = None
        self.news_delay = 0.001

    async def news(self):
        news = []
        for desk in ("weather", "sports"):
            await asyncio.sleep(self.news_delay)
            news.append(f"nothing from {desk}")
        return news


VISITS = web.AppKey("visits", Visits)


@web.middleware
async def find_user(request, handler):
    request.app[VISITS].user = SESSIONS.get(request.query.get("session"), "stranger")
    return await handler(request)


async def front_page(request):
    visits = request.app[VISITS]
    news = await visits.news()
    return web.json_response({"hello": visits.user, "news": news})


def build():
    app = web.Application(middlewares=[find_user])
    app[VISITS] = Visits()
    app.router.add_get("/", front_page)
    return app


async def visit(client, base, session, after):
    await asyncio.sleep(after)
    async with client.get(base, params={"session": session}) as answer:
        return (await answer.json())["hello"]


async def serve():
    runner = web.AppRunner(build())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        async with ClientSession() as client:
            base = f"http://127.0.0.1:{port}/"
            return await asyncio.gather(visit(client, base, "s1", 0), visit(client, base, "s2", 0.05))
    finally:
        await runner.cleanup()


def main():
    return asyncio.run(serve())


if __name__ == "__main__":
    print(main())
