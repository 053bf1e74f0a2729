"""The gateway: the service customers talk to. It starts the ledger, takes transfers over HTTP and books them in the ledger."""

import asyncio
import sys
from pathlib import Path

import aiohttp
from aiohttp import web


class Gateway:
    def __init__(self, ledger_url: str, session: aiohttp.ClientSession) -> None:
        self.ledger_url = ledger_url
        self.session = session

    async def book(self, operation: str, account: str, amount: int) -> None:
        async with self.session.post(f"{self.ledger_url}/{operation}", json={"account": account, "amount": amount}) as response:
            response.raise_for_status()

    async def transfer(self, request: web.Request) -> web.Response:
        order = await request.json()
        await self.book("withdraw", order["from"], order["amount"])
        await self.book("deposit", order["to"], order["amount"])
        return web.json_response({"ok": True})


async def customers(gateway_url: str, session: aiohttp.ClientSession) -> None:
    """Two customers' apps transfer from the same account at the same time."""

    async def transfer(amount: int) -> None:
        async with session.post(f"{gateway_url}/transfer", json={"from": "alice", "to": "bob", "amount": amount}) as response:
            response.raise_for_status()

    await asyncio.gather(transfer(100), transfer(50))


async def main() -> None:
    ledger = await asyncio.create_subprocess_exec(
        sys.executable, str(Path(__file__).with_name("ledger.py")), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    ledger_url = (await ledger.stdout.readline()).decode().strip()
    async with aiohttp.ClientSession() as session:
        app = web.Application()
        app.router.add_post("/transfer", Gateway(ledger_url, session).transfer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        await customers(f"http://{host}:{port}", session)
        async with session.get(f"{ledger_url}/balances") as response:
            balances = await response.json()
        await runner.cleanup()
    ledger.stdin.write(b"stop\n")
    await ledger.wait()
    print(f"alice has {balances['alice']} (should be 850), bob has {balances['bob']} (should be 150)")


if __name__ == "__main__":
    asyncio.run(main())
