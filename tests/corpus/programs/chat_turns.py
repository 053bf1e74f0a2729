"""Turns of a chat are taken one by one under the chat's lock; locks that nobody holds are thrown away."""

import asyncio
from contextlib import asynccontextmanager


class Chats:
    def __init__(self, model):
        self.model = model
        self.histories = {}
        self._locks = {}

    @asynccontextmanager
    async def _turn(self, chat):
        lock = self._locks.setdefault(chat, asyncio.Lock())
        async with lock:
            yield
        if not lock.locked():
            self._locks.pop(chat, None)

    async def say(self, chat, text):
        async with self._turn(chat):
            history = self.histories.get(chat, ())
            answer = await self.model(len(history))
            self.histories[chat] = (*history, text, answer)


async def model(length):
    await asyncio.sleep(0.002)
    return f"answer {length // 2 + 1}"


async def channel(chats, text, arrives):
    await asyncio.sleep(arrives)
    await chats.say("support", text)


async def main():
    chats = Chats(model)
    await asyncio.gather(channel(chats, "hello", 0), channel(chats, "help", 0.08), channel(chats, "thanks", 0.16))
    return chats.histories["support"]
