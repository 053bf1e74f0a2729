"""Who takes the request out of the table, in one step, answers it."""

import asyncio


class Permissions:
    def __init__(self):
        self.pending = {}
        self.log = []

    async def _notify(self, request, answer):
        await asyncio.sleep(0.001)
        self.log.append((request, answer))

    async def resolve(self, request, answer):
        if self.pending.pop(request, None) is not None:
            await self._notify(request, answer)

    async def interrupt(self):
        for request in list(self.pending):
            if self.pending.pop(request, None) is not None:
                await self._notify(request, "denied")


async def main():
    permissions = Permissions()
    permissions.pending.update(r1="write", r2="read")
    resolving = asyncio.create_task(permissions.resolve("r1", "allowed"))
    await asyncio.sleep(0.02)
    interrupting = asyncio.create_task(permissions.interrupt())
    await asyncio.gather(resolving, interrupting)
    return sorted(request for request, _ in permissions.log), permissions.pending
