"""A broadcast goes over a list of the sessions as they are now; who leaves meanwhile is taken out with a default."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Session:
    name: str
    inbox: list = field(default_factory=list)
    closed: bool = False

    async def send_json(self, message):
        await asyncio.sleep(0.001)
        if self.closed:
            raise ConnectionError(self.name)
        self.inbox.append(message)


class ConnectionManager:
    def __init__(self):
        self.active = {}

    def connect(self, session):
        self.active[session.name] = session

    def disconnect(self, name):
        session = self.active.pop(name, None)
        if session is not None:
            session.closed = True

    async def broadcast(self, message):
        for name, session in list(self.active.items()):
            try:
                await session.send_json(message)
            except ConnectionError:
                self.disconnect(name)


async def leave(manager, name, delay):
    await asyncio.sleep(delay)
    manager.disconnect(name)


async def run():
    manager = ConnectionManager()
    sessions = [Session(name) for name in ("ann", "bob", "cleo")]
    for session in sessions:
        manager.connect(session)
    await asyncio.gather(manager.broadcast("sale"), leave(manager, "bob", 0.001), leave(manager, "bob", 0.002))
    return sorted(manager.active), [session.inbox for session in sessions if not session.closed]


def main():
    return asyncio.run(run())
