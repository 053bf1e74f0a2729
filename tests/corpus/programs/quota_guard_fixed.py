"""A tenant's quota is lowered for the time of a job and raised again by as much when the job fails."""

import asyncio
from contextlib import asynccontextmanager


class Tenant:
    def __init__(self, quota):
        self._quota = quota

    @property
    def quota(self):
        return self._quota

    @quota.setter
    def quota(self, value):
        if value < 0:
            raise ValueError("no quota left")
        self._quota = value


@asynccontextmanager
async def charged(tenant, units):
    saved = tenant.quota
    tenant.quota = saved - units
    try:
        yield
    except OSError:
        tenant.quota += units


async def run(tenant, units, broken, begins):
    await asyncio.sleep(begins)
    async with charged(tenant, units):
        await asyncio.sleep(0.002)
        if broken:
            raise OSError("disk")


async def main():
    tenant = Tenant(20)
    await asyncio.gather(run(tenant, 5, True, 0), run(tenant, 3, False, 0.02))
    return tenant.quota
