"""An admin may be made a member again as long as another admin is left; roles are rows."""

import asyncio
import sqlite3

from aiohttp import ClientSession, web


class Accounts:
    def __init__(self, *admins):
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.execute("CREATE TABLE account (name TEXT PRIMARY KEY, role TEXT)")
        self.db.executemany("INSERT INTO account VALUES (?, 'admin')", [(name,) for name in admins])

    def admins(self):
        return [name for (name,) in self.db.execute("SELECT name FROM account WHERE role = 'admin' ORDER BY name")]

    def demote(self, name):
        others = "SELECT 1 FROM account WHERE role = 'admin' AND name != ?"
        update = f"UPDATE account SET role = 'member' WHERE name = ? AND EXISTS ({others})"
        return self.db.execute(update, (name, name)).rowcount == 1


class Api:
    def __init__(self, accounts):
        self.accounts = accounts
        self.audit = []

    async def record(self, line):
        await asyncio.sleep(0.002)
        self.audit.append(line)

    async def demote(self, request):
        name = request.match_info["name"]
        await self.record(f"demote {name}")
        if not self.accounts.demote(name):
            raise web.HTTPConflict
        return web.Response()


async def demand(session, url, after):
    await asyncio.sleep(after)
    async with session.delete(url) as response:
        return response.status


async def main():
    accounts = Accounts("ann", "bob")
    app = web.Application()
    app.router.add_delete("/admins/{name}", Api(accounts).demote)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/admins"
    async with ClientSession() as session:
        statuses = await asyncio.gather(demand(session, f"{url}/ann", 0), demand(session, f"{url}/bob", 0.15))
    await runner.cleanup()
    return statuses, accounts.admins()
