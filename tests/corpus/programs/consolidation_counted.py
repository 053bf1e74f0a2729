"""Memories of a chat are consolidated under a lock per session, which is dropped with its last user."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Session:
    key: str
    messages: list = field(default_factory=list)
    summary: tuple = ()


class Memory:
    def __init__(self):
        self._locks = {}
        self.runs = 0

    @asynccontextmanager
    async def _locked(self, key):
        entry = self._locks.setdefault(key, [asyncio.Lock(), 0])
        entry[1] += 1
        try:
            async with entry[0]:
                yield
        finally:
            entry[1] -= 1
            if entry[1] == 0:
                del self._locks[key]

    async def _summarise(self, messages):
        await asyncio.sleep(0.002)
        return " ".join(messages)

    async def consolidate(self, session):
        async with self._locked(session.key):
            done = session.summary
            text = await self._summarise(session.messages[len(done):][:1])
            session.summary = (*done, text)
            self.runs += 1


async def chat(memory, session, after, message):
    await asyncio.sleep(after)
    session.messages.append(message)
    await memory.consolidate(session)


async def main():
    memory, session = Memory(), Session("chat-1")
    messages = [(0, "hello"), (0.12, "how are you"), (0.24, "bye")]
    await asyncio.gather(*(chat(memory, session, after, message) for after, message in messages))
    return sorted(session.summary), memory.runs, len(memory._locks)
