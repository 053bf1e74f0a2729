"""A caller books its slot before it waits for it, so that the next one is given a later slot."""

import asyncio


class Provider:
    def __init__(self):
        self.calls = []

    async def until(self, slot):
        await asyncio.sleep(0.002)

    async def complete(self, slot, prompt):
        self.calls.append((slot, len(prompt)))
        await asyncio.sleep(0)
        return prompt.upper()


class Pace:
    def __init__(self, provider, interval):
        self.provider = provider
        self.interval = interval
        self.last = 0

    async def turn(self):
        slot = self.last + self.interval
        self.last = slot
        await self.provider.until(slot)
        return slot


class Cleaner:
    def __init__(self, provider, pace):
        self.provider = provider
        self.pace = pace

    async def clean(self, chunk, arrives):
        await asyncio.sleep(arrives)
        slot = await self.pace.turn()
        return await self.provider.complete(slot, chunk)


async def main():
    provider = Provider()
    pace = Pace(provider, 10)
    cleaner = Cleaner(provider, pace)
    cleaned = await asyncio.gather(cleaner.clean("intro", 0), cleaner.clean("body", 0.03))
    return cleaned, sorted(slot for slot, _ in provider.calls), pace.last
