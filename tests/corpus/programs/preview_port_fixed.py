"""Ports are leased to previews: one that is free is probed; preview by preview."""

import asyncio


def leases(ports, probe):
    taken = set()

    async def lease():
        port = min(set(ports) - taken)
        await probe(port)
        taken.add(port)
        return port

    def give_back(port):
        taken.discard(port)

    return lease, give_back, taken


async def probe(port):
    await asyncio.sleep(0.003)


async def preview(lease, give_back):
    port = await lease()
    try:
        await asyncio.sleep(0.001)
        return port
    finally:
        give_back(port)


async def main():
    lease, give_back, taken = leases([8001], probe)
    seen = []
    for _ in range(2):
        try:
            seen.append(await asyncio.wait_for(preview(lease, give_back), 0.1))
        except TimeoutError:
            seen.append("late")
    return seen, sorted(taken)
