"""Rates of exchange are fetched when somebody asks; whoever asks while a fetch is under way waits for that one."""

import asyncio
from collections import Counter


class Rates:
    def __init__(self, fetch):
        self._fetch = fetch
        self._known = {}
        self._flights = {}

    async def rate(self, pair):
        if pair in self._known:
            return self._known[pair]
        flight = self._flights.get(pair)
        if flight is None:
            flight = self._flights[pair] = asyncio.create_task(self._load(pair))
        return await asyncio.shield(flight)

    async def _load(self, pair):
        try:
            value = self._known[pair] = await self._fetch(pair)
            return value
        finally:
            del self._flights[pair]


class Bank:
    def __init__(self):
        self.asked = Counter()

    async def quote(self, pair):
        self.asked[pair] += 1
        await asyncio.sleep(0.004)
        return {"EUR/USD": 108, "EUR/JPY": 16120}[pair]


async def teller(rates, pair, arrives):
    await asyncio.sleep(arrives)
    return await rates.rate(pair)


async def branch():
    bank = Bank()
    rates = Rates(bank.quote)
    impatient = asyncio.create_task(teller(rates, "EUR/USD", 0))
    visits = [("EUR/USD", 0.001), ("EUR/JPY", 0), ("EUR/JPY", 0.002), ("EUR/USD", 0.02)]
    answers = asyncio.gather(*(teller(rates, pair, arrives) for pair, arrives in visits))
    await asyncio.sleep(0.002)
    impatient.cancel()
    return await answers, sorted(bank.asked.items())


def main():
    return asyncio.run(branch())


if __name__ == "__main__":
    print(main())
