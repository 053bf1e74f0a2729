"""A request is looked for in the table, an await follows, and it is deleted; an interrupt may have cleared the table."""

import asyncio


class Permissions:
    def __init__(self):
        self.pending = {}
        self.log = []

    async def _notify(self, request, answer):
        await asyncio.sleep(0.001)
        self.log.append((request, answer))

    async def resolve(self, request, answer):
        if request in self.pending:
            await self._notify(request, answer)
            del self.pending[request]

    async def interrupt(self):
        for request in list(self.pending):
            await self._notify(request, "denied")
            self.pending.pop(request, None)


async def main():
    permissions = Permissions()
    permissions.pending.update(r1="write", r2="read")
    resolving = asyncio.create_task(permissions.resolve("r1", "allowed"))
    await asyncio.sleep(0.02)
    interrupting = asyncio.create_task(permissions.interrupt())
    await asyncio.gather(resolving, interrupting)
    return permissions.log, permissions.pending
