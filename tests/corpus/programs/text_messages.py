"""A service sends each text message to a web hook, and sends it again if the answer takes long.

After https://github.com/mozilla-ai/clawbolt/issues/61
"""

import asyncio
import sqlite3

from aiohttp import ClientSession, web


class Inbox:
    def __init__(self):
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.execute("CREATE TABLE message (sid TEXT, body TEXT)")

    def seen(self, sid):
        return self.connection.execute("SELECT 1 FROM message WHERE sid = ?", (sid,)).fetchone() is not None

    def store(self, sid, body):
        self.connection.execute("INSERT INTO message VALUES (?, ?)", (sid, body))


class Hook:
    def __init__(self):
        self.inbox = Inbox()
        self.replies = []

    async def receive(self, request):
        message = await request.json()
        if self.inbox.seen(message["sid"]):
            return web.Response(text="duplicate")
        reply = await self.answer(message["body"])
        self.inbox.store(message["sid"], message["body"])
        self.replies.append(reply)
        return web.Response(text="ok")

    async def answer(self, body):
        await asyncio.sleep(0.02)
        return f"You wrote: {body}"


async def deliver(session, url, sid, after):
    await asyncio.sleep(after)
    async with session.post(url, json={"sid": sid, "body": "roof leaks"}) as response:
        return await response.text()


async def main():
    hook = Hook()
    app = web.Application()
    app.router.add_post("/sms", hook.receive)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{site._server.sockets[0].getsockname()[1]}/sms"
    async with ClientSession() as session:
        await asyncio.gather(deliver(session, url, "SM1", 0.0), deliver(session, url, "SM1", 0.25))
    await runner.cleanup()
    return hook.replies


if __name__ == "__main__":
    assert asyncio.run(main()) == ["You wrote: roof leaks"]
