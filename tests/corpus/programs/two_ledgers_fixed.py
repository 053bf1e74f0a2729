"""The confirmation comes first; taking and putting are one step."""

import asyncio


class Ledgers:
    def __init__(self):
        self.savings = 100
        self.current = 0

    async def _confirm(self, amount):
        await asyncio.sleep(0.001)
        return amount

    async def move(self, amount):
        confirmed = await self._confirm(amount)
        self.savings -= confirmed
        self.current += confirmed


async def main():
    ledgers = Ledgers()
    try:
        async with asyncio.timeout(0.3):
            await ledgers.move(40)
    except TimeoutError:
        pass
    return ledgers.savings, ledgers.current
