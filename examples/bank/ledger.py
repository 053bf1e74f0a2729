"""The ledger: an aiohttp service that keeps the balances. It has the bug: it reads a balance, awaits, and writes what it read back."""

import asyncio
import sys

from aiohttp import web


class Account:
    def __init__(self, owner: str, balance: int) -> None:
        self.owner = owner
        self.balance = balance


ACCOUNTS = {"alice": Account("alice", 1000), "bob": Account("bob", 0)}


async def check_limits(account: Account, amount: int) -> bool:
    """Ask the (slow) fraud department whether the amount is fine."""
    await asyncio.sleep(0.02)
    return amount <= 500


async def withdraw(request: web.Request) -> web.Response:
    body = await request.json()
    account, amount = ACCOUNTS[body["account"]], body["amount"]
    balance = account.balance
    if balance < amount:
        return web.json_response({"error": "insufficient funds"}, status=409)
    if not await check_limits(account, amount):
        return web.json_response({"error": "over the limit"}, status=403)
    account.balance = balance - amount
    return web.json_response({"balance": account.balance})


async def deposit(request: web.Request) -> web.Response:
    body = await request.json()
    account = ACCOUNTS[body["account"]]
    account.balance += body["amount"]
    return web.json_response({"balance": account.balance})


async def balances(request: web.Request) -> web.Response:
    return web.json_response({name: account.balance for name, account in ACCOUNTS.items()})


async def main() -> None:
    app = web.Application()
    app.add_routes([web.post("/withdraw", withdraw), web.post("/deposit", deposit), web.get("/balances", balances)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    print(f"http://{host}:{port}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
