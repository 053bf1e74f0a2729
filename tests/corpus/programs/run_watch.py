"""Two readers of the same table of background runs tell the user of each run that has ended."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Gateway:
    states: dict = field(default_factory=dict)

    async def status(self, run):
        await asyncio.sleep(0.001)
        return self.states[run]


@dataclass
class Announcer:
    gateway: Gateway
    told: set = field(default_factory=set)
    outbox: list = field(default_factory=list)

    def known(self, run):
        return run in self.told

    def tell(self, run, status):
        self.outbox.append((run, status))
        self.told.add(run)

    async def look_at(self, run):
        if self.known(run):
            return
        status = await self.gateway.status(run)
        if status == "done":
            self.tell(run, status)

    async def sweep(self, runs):
        for run in runs:
            await self.look_at(run)


async def reader(announcer, runs, pause):
    await asyncio.sleep(pause)
    await announcer.sweep(runs)


async def main():
    gateway = Gateway({"r1": "done", "r2": "running", "r3": "done"})
    announcer = Announcer(gateway)
    await asyncio.gather(reader(announcer, ["r1", "r2"], 0), reader(announcer, ["r1", "r3"], 0.02))
    return sorted(announcer.outbox), sorted(announcer.told)
