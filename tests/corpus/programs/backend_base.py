"""A base class with an async property of lazy connection; subclasses override the factory."""

import asyncio
from abc import ABC, abstractmethod


class Base(ABC):
    _conn = None
    made = 0

    @property
    def connected(self):
        return self._conn is not None

    @abstractmethod
    async def create(self): ...
    async def ensure(self):
        if self.connected:
            return
        conn = await self.create()
        self._conn = conn
        self.made += 1

    async def run(self, command):
        await self.ensure()
        self._conn.append(command)


class Memory(Base):
    async def create(self):
        await asyncio.sleep(0.001)
        return []


class Session:
    def __init__(self, backend):
        self.backend = backend

    async def step(self, name, after):
        await asyncio.sleep(after)
        await self.backend.run(name)


async def main():
    backend = Memory()
    session = Session(backend)
    tasks = [asyncio.create_task(session.step(f"cmd{n}", n * 0.05)) for n in range(2)]
    for task in tasks:
        await task
    return backend.made, backend._conn
