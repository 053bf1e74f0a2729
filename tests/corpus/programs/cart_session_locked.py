"""Requests of one visitor load and save the whole session under the visitor's lock."""

import asyncio

from aiohttp import ClientSession, web


class SessionStore:
    def __init__(self):
        self._data = {}
        self.locks = {}

    async def load(self, sid):
        return list(self._data.get(sid, []))

    async def save(self, sid, items):
        self._data[sid] = items


class Shop:
    def __init__(self, store):
        self.store = store

    async def price(self, item):
        await asyncio.sleep(0.001)
        return len(item)

    async def add(self, request):
        sid = request.query["sid"]
        item = request.match_info["item"]
        async with self.store.locks.setdefault(sid, asyncio.Lock()):
            items = await self.store.load(sid)
            items.append((item, await self.price(item)))
            await self.store.save(sid, items)
        return web.Response(text=item)


async def main():
    store = SessionStore()
    shop = Shop(store)
    app = web.Application()
    app.router.add_get("/add/{item}", shop.add)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with ClientSession(base) as browser:

        async def click(after, item):
            await asyncio.sleep(after)
            async with browser.get(f"/add/{item}", params={"sid": "v1"}) as response:
                return await response.text()

        clicked = await asyncio.gather(click(0, "lamp"), click(0.15, "desk"))
    await runner.cleanup()
    return clicked, sorted(store._data["v1"])
