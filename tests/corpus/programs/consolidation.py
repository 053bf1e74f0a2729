"""Memories of a chat are consolidated under a lock per session, which is dropped when nobody holds it."""

import asyncio
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

    def _lock_for(self, key):
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        return lock

    def _prune(self, key, lock):
        if not lock.locked():
            self._locks.pop(key, None)

    async def _summarise(self, messages):
        await asyncio.sleep(0.002)
        return " ".join(messages)

    async def consolidate(self, session):
        lock = self._lock_for(session.key)
        try:
            async with lock:
                done = session.summary
                text = await self._summarise(session.messages[len(done):][:1])
                session.summary = (*done, text)
                self.runs += 1
        finally:
            self._prune(session.key, lock)


async def chat(memory, session, after, message):
    await asyncio.sleep(after)
    session.messages.append(message)
    await memory.consolidate(session)


async def main():
    memory, session = Memory(), Session("chat-1")
    messages = [(0, "hello"), (0.12, "how are you"), (0.24, "bye")]
    await asyncio.gather(*(chat(memory, session, after, message) for after, message in messages))
    return sorted(session.summary), memory.runs, len(memory._locks)
