"""A proxy sells calls to a model: the balance pays for a call in one statement, before the call is made."""

import asyncio
import sqlite3

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

COST = 30


class Keys:
    def __init__(self):
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        self._db.execute("CREATE TABLE keys (name TEXT PRIMARY KEY, balance INTEGER, requests INTEGER)")

    def add(self, name, balance):
        self._db.execute("INSERT INTO keys VALUES (?, ?, 0)", (name, balance))

    def balance(self, name):
        return self._db.execute("SELECT balance FROM keys WHERE name = ?", (name,)).fetchone()[0]

    def pay(self, name, cost):
        statement = "UPDATE keys SET balance = balance - ?, requests = requests + 1 WHERE name = ? AND balance >= ?"
        return self._db.execute(statement, (cost, name, cost)).rowcount == 1


class Proxy:
    def __init__(self, keys):
        self.keys = keys
        self.calls = 0

    def application(self):
        app = web.Application()
        app.router.add_post("/v1/chat", self.chat)
        return app

    async def upstream(self, prompt):
        self.calls += 1
        await asyncio.sleep(0.003)
        return prompt[::-1]

    async def chat(self, request):
        name = request.headers["X-Key"]
        if not self.keys.pay(name, COST):
            return web.Response(status=402)
        answer = await self.upstream(await request.text())
        return web.Response(text=answer)


async def ask(client, prompt, comes):
    await asyncio.sleep(comes)
    async with client.post("/v1/chat", data=prompt, headers={"X-Key": "k1"}) as response:
        return response.status


async def main():
    keys = Keys()
    keys.add("k1", 100)
    proxy = Proxy(keys)
    async with TestClient(TestServer(proxy.application())) as client:
        statuses = await asyncio.gather(ask(client, "hello", 0), ask(client, "there", 0.08))
    return statuses, keys.balance("k1")
