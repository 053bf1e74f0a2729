"""Who asks for a forecast that is being fetched gets the future of that fetch."""

import asyncio


class Forecasts:
    def __init__(self):
        self.fetches = []
        self._flights = {}

    async def _fetch(self, city):
        self.fetches.append(city)
        await asyncio.sleep(0.001)
        return f"{city}: sunny"

    async def get(self, city):
        flight = self._flights.get(city)
        if flight is not None:
            return await flight
        flight = self._flights[city] = asyncio.get_running_loop().create_future()
        try:
            flight.set_result(await self._fetch(city))
        except BaseException as error:
            flight.set_exception(error)
            del self._flights[city]
            raise
        return flight.result()


async def main():
    forecasts = Forecasts()
    answers = await asyncio.gather(*(forecasts.get(city) for city in ("Rome", "Oslo", "Rome")))
    return answers, sorted(forecasts.fetches)
