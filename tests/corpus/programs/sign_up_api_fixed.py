"""The password is hashed first; looking and entering are one step."""

import asyncio

from aiohttp import ClientSession, web

users = {}


def slow_hash(password):
    return sum(map(ord, password)) % 997


async def sign_up(request):
    form = await request.post()
    name = form["name"]
    hashed = await asyncio.to_thread(slow_hash, form["password"])
    if name in users:
        return web.Response(status=409)
    users[name] = {"hash": hashed, "mail": form["mail"]}
    return web.Response(status=201)


async def client(url, delay, mail):
    await asyncio.sleep(delay)
    form = {"name": "ann", "password": "secret", "mail": mail}
    async with ClientSession() as session, session.post(url, data=form) as response:
        return response.status


async def main():
    users.clear()
    app = web.Application()
    app.router.add_post("/users", sign_up)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/users"
    try:
        statuses = await asyncio.gather(client(url, 0, "a@x"), client(url, 0.15, "b@x"))
    finally:
        await runner.cleanup()
    return sorted(statuses), len(users)
