"""Requests of a web service carry who asks in a context variable; open requests are tracked weakly and told about a shutdown."""

import asyncio
import contextvars
import weakref
from dataclasses import dataclass, field

_actor = contextvars.ContextVar("actor", default="nobody")


@dataclass(eq=False)
class OpenRequest:
    path: str
    notices: list = field(default_factory=list)

    async def notify(self, text):
        await asyncio.sleep(0)
        self.notices.append(text)


class AuditTrail:
    def __init__(self):
        self._entries = []

    def write(self, action):
        self._entries.append((_actor.get(), action))

    def of(self, actor):
        return [action for who, action in self._entries if who == actor]


class Service:
    def __init__(self, trail):
        self._trail = trail
        self._open = weakref.WeakSet()
        self.answers = {}

    async def _load(self, path):
        await asyncio.sleep(0.002)
        return path.upper()

    async def handle(self, actor, path):
        token = _actor.set(actor)
        request = OpenRequest(path)
        self._open.add(request)
        try:
            self._trail.write(f"open {path}")
            body = await self._load(path)
            self._trail.write(f"read {path}")
            self.answers[path] = f"{_actor.get()}: {body}"
        finally:
            _actor.reset(token)

    async def announce(self, text):
        told = 0
        for request in list(self._open):
            await request.notify(text)
            told += 1
        return told


async def main():
    trail = AuditTrail()
    service = Service(trail)
    handlers = [service.handle(actor, path) for actor, path in (("ada", "/plans"), ("bob", "/bills"), ("cyn", "/keys"))]
    *_, told = await asyncio.gather(*handlers, service.announce("going down"))
    return sorted(service.answers.values()), {actor: trail.of(actor) for actor in ("ada", "bob", "cyn")}, told <= 3, _actor.get()
