"""Checking and taking are made under a lock."""

import asyncio

from aiohttp import ClientSession, web


class Accounts:
    def __init__(self):
        self.balance = {"1": 100}
        self._lock = asyncio.Lock()

    async def _screen(self, amount):
        await asyncio.sleep(0.001)
        return amount < 1000

    async def withdraw(self, request):
        account = request.match_info["id"]
        amount = int((await request.post())["amount"])
        async with self._lock:
            balance = self.balance[account]
            if balance < amount or not await self._screen(amount):
                return web.json_response({"error": "refused"}, status=409)
            self.balance[account] = balance - amount
            return web.json_response({"balance": self.balance[account]})


async def client(url, delay):
    await asyncio.sleep(delay)
    async with ClientSession() as session, session.post(url, data={"amount": 80}) as response:
        return response.status


async def main():
    accounts = Accounts()
    app = web.Application()
    app.router.add_post("/accounts/{id}/withdraw", accounts.withdraw)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/accounts/1/withdraw"
    try:
        statuses = await asyncio.gather(client(url, 0), client(url, 0.15))
    finally:
        await runner.cleanup()
    return sorted(statuses), accounts.balance
