"""Payments carry a key; a second request with the key waits for the first one's outcome."""

import asyncio

from aiohttp import ClientSession, web


class Payments:
    def __init__(self):
        self._outcomes = {}
        self.charged = []

    async def _charge(self, key, cents):
        await asyncio.sleep(0.001)
        self.charged.append((key, cents))
        return {"receipt": f"r-{key}"}

    async def pay(self, request):
        body = await request.json()
        key = body["key"]
        if key not in self._outcomes:
            self._outcomes[key] = asyncio.ensure_future(self._charge(key, body["cents"]))
        outcome = await asyncio.shield(self._outcomes[key])
        return web.json_response(outcome)


async def main():
    payments = Payments()
    app = web.Application()
    app.add_routes([web.post("/pay", payments.pay)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/pay"

    async def click(key):
        async with ClientSession() as session, session.post(url, json={"key": key, "cents": 500}) as response:
            return await response.json()

    receipts = await asyncio.gather(click("k1"), click("k1"), click("k2"))
    await runner.cleanup()
    return receipts, sorted(payments.charged)
