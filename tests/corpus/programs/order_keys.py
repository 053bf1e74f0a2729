"""A shop answers an order that is sent again under the same key with the answer it gave before."""

import asyncio

from aiohttp import ClientSession, web


class Shop:
    def __init__(self):
        self.answers = {}
        self.orders = []

    async def charge(self, item):
        await asyncio.sleep(0.002)
        self.orders.append(item)
        return {"number": len(self.orders), "item": item}

    async def post_order(self, request):
        key = request.headers["Idempotency-Key"]
        if key not in self.answers:
            self.answers[key] = await self.charge((await request.json())["item"])
        return web.json_response(self.answers[key])

    def app(self):
        app = web.Application()
        app.router.add_post("/orders", self.post_order)
        return app


async def customer(session, url, key, item, after):
    await asyncio.sleep(after)
    async with session.post(url, json={"item": item}, headers={"Idempotency-Key": key}) as response:
        return (await response.json())["item"]


async def main():
    shop = Shop()
    runner = web.AppRunner(shop.app())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/orders"
    async with ClientSession() as session:
        answers = await asyncio.gather(customer(session, url, "k1", "lamp", 0), customer(session, url, "k1", "lamp", 0.15))
    await runner.cleanup()
    return answers, shop.orders
