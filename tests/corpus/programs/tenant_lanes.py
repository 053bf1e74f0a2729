"""Jobs of one tenant go through its lane, as many at a time as its plan allows; the plan is read for the first job."""

import asyncio


class Plans:
    async def lanes(self, tenant):
        await asyncio.sleep(0.002)
        return 1


class Billing:
    def __init__(self):
        self.units = {}

    async def price(self, job):
        await asyncio.sleep(0.001)
        return len(job)

    async def book(self, tenant, job):
        before = self.units.get(tenant, 0)
        self.units[tenant] = before + await self.price(job)


class Dispatcher:
    def __init__(self, plans, billing):
        self.plans = plans
        self.billing = billing
        self.lanes = {}

    async def lane(self, tenant):
        if tenant not in self.lanes:
            width = await self.plans.lanes(tenant)
            self.lanes[tenant] = asyncio.Semaphore(width)
        return self.lanes[tenant]

    async def run(self, tenant, job, after):
        await asyncio.sleep(after)
        async with await self.lane(tenant):
            await self.billing.book(tenant, job)


async def run():
    billing = Billing()
    dispatcher = Dispatcher(Plans(), billing)
    await asyncio.gather(dispatcher.run("acme", "render", 0), dispatcher.run("acme", "encode video", 0.03), dispatcher.run("zeta", "scan", 0.01))
    return sorted(billing.units.items()), sorted(dispatcher.lanes)


def main():
    return asyncio.run(run())
