"""Buttons and timers ask a calendar to synchronise; a request that comes while it does so is remembered, and served afterwards."""

import asyncio


class Calendar:
    __slots__ = ("_again", "_busy", "_remote", "events")

    def __init__(self, remote):
        self._remote = remote
        self._busy = False
        self._again = False
        self.events = frozenset()

    async def sync(self):
        if self._busy:
            self._again = True
            return
        self._busy = True
        try:
            while True:
                self._again = False
                self.events = await self._remote.fetch()
                if not self._again:
                    return
        finally:
            self._busy = False


class Remote:
    def __init__(self):
        self._events = set()

    def add(self, event):
        self._events.add(event)

    async def fetch(self):
        listed = frozenset(self._events)
        await asyncio.sleep(0.003)
        return listed


async def phone(remote, calendar, event, after):
    await asyncio.sleep(after)
    remote.add(event)
    await calendar.sync()


async def week():
    remote = Remote()
    calendar = Calendar(remote)
    await asyncio.gather(
        phone(remote, calendar, "dentist", 0),
        phone(remote, calendar, "choir", 0.001),
        phone(remote, calendar, "market", 0.004),
        phone(remote, calendar, "rent", 0.02),
    )
    return sorted(calendar.events), calendar._busy


def main():
    return asyncio.run(week())


if __name__ == "__main__":
    print(main())
