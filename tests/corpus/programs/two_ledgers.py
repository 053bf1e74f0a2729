"""Money is taken from one ledger, then comes an await, then it is put in the other; a timeout between them loses it."""

import asyncio


class Ledgers:
    def __init__(self):
        self.savings = 100
        self.current = 0

    async def _confirm(self, amount):
        await asyncio.sleep(0.001)
        return amount

    async def move(self, amount):
        self.savings -= amount
        confirmed = await self._confirm(amount)
        self.current += confirmed


async def main():
    ledgers = Ledgers()
    try:
        async with asyncio.timeout(0.3):
            await ledgers.move(40)
    except TimeoutError:
        pass
    return ledgers.savings, ledgers.current
