"""Health workers hand in forms of their visits; visits beyond the limit of a day are marked for review."""

import asyncio
from collections import defaultdict

from aiohttp import ClientSession, web

DAILY_LIMIT = 2


class Visits:
    def __init__(self):
        self._rows = []

    async def count(self, user):
        await asyncio.sleep(0.005)
        return sum(row["user"] == user for row in self._rows)

    async def save(self, user, entity, status):
        await asyncio.sleep(0.005)
        self._rows.append({"user": user, "entity": entity, "status": status})

    def statuses(self):
        return [row["status"] for row in self._rows]


def make_app(visits):
    locks = defaultdict(asyncio.Lock)
    routes = web.RouteTableDef()

    @routes.post("/forms")
    async def receive(request):
        form = await request.json()
        async with locks[form["entity"]]:
            seen = await visits.count(form["user"])
            status = "over_limit" if seen >= DAILY_LIMIT else "pending"
            await visits.save(form["user"], form["entity"], status)
        return web.json_response({"status": status}, status=201)

    app = web.Application()
    app.add_routes(routes)
    return app


async def hand_in(session, url, entity, after):
    await asyncio.sleep(after)
    async with session.post(url, json={"user": "amina", "entity": entity}) as response:
        return response.status


async def main():
    visits = Visits()
    runner = web.AppRunner(make_app(visits))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = "http://{}:{}/forms".format(*runner.addresses[0][:2])
    async with ClientSession() as session:
        forms = [hand_in(session, url, entity, number * 0.08) for number, entity in enumerate(("child-1", "child-2", "child-3"))]
        answers = await asyncio.gather(*forms)
    await runner.cleanup()
    return answers, sorted(visits.statuses())
