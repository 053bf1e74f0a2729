"""A sign-in service mails a one-time password; while one is valid it sends no other to the same address."""

import asyncio

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer


class Passwords:
    def __init__(self):
        self._valid = {}
        self._made = 0

    async def find(self, address):
        await asyncio.sleep(0.001)
        return self._valid.get(address)

    async def create(self, address):
        self._made += 1
        password = f"{self._made:06}"
        await asyncio.sleep(0.001)
        self._valid[address] = password
        return password


class Mailer:
    def __init__(self):
        self.sent = []

    async def send(self, address, text):
        await asyncio.sleep(0.001)
        self.sent.append((address, text))


class SignIn:
    def __init__(self):
        self.passwords = Passwords()
        self.mailer = Mailer()

    def application(self):
        app = web.Application()
        app.router.add_post("/auth/generate-token", self.generate)
        return app

    async def generate(self, request):
        address = request.query["email"]
        if await self.passwords.find(address) is not None:
            return web.Response(status=409, text="still valid")
        password = await self.passwords.create(address)
        await self.mailer.send(address, password)
        return web.Response(status=201)


async def ask(client, comes):
    await asyncio.sleep(comes)
    async with client.post("/auth/generate-token", params={"email": "kim@example.org"}) as response:
        return response.status


async def main():
    service = SignIn()
    async with TestClient(TestServer(service.application())) as client:
        statuses = await asyncio.gather(ask(client, 0), ask(client, 0.08))
    return sorted(statuses), len(service.mailer.sent)
