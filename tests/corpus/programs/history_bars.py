"""A market data client asks for the bars of a symbol and waits for the marker that the last one has come."""

import asyncio


class HistoryPlant:
    def __init__(self):
        self._bars = {}
        self._complete = None
        self._receiving = None

    async def get_bars(self, symbol):
        self._complete = asyncio.Event()
        self._receiving = asyncio.create_task(self._receive(symbol))
        await asyncio.wait_for(self._complete.wait(), timeout=1.0)
        return self._bars.pop(symbol)

    async def _receive(self, symbol):
        for number in range(2):
            await asyncio.sleep(0.002)
            self._bars.setdefault(symbol, []).append(f"{symbol}-{number}")
        self._complete.set()


async def chart(plant, symbol, after):
    await asyncio.sleep(after)
    return await plant.get_bars(symbol)


async def main():
    plant = HistoryPlant()
    charts = await asyncio.gather(chart(plant, "ES", 0), chart(plant, "NQ", 0.1))
    assert charts == [["ES-0", "ES-1"], ["NQ-0", "NQ-1"]], charts
    return charts


if __name__ == "__main__":
    print(asyncio.run(main()))
