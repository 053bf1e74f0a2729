"""A market data client asks for the bars of a symbol and waits for the marker that its last one has come, every request for its own."""

import asyncio


class HistoryPlant:
    def __init__(self):
        self._bars = {}
        self._complete = {}

    async def get_bars(self, symbol):
        complete = self._complete[symbol] = asyncio.Event()
        receiving = asyncio.create_task(self._receive(symbol))
        try:
            await asyncio.wait_for(complete.wait(), timeout=1.0)
            return self._bars.pop(symbol, [])
        finally:
            self._complete.pop(symbol, None)
            await receiving

    async def _receive(self, symbol):
        for number in range(2):
            await asyncio.sleep(0.002)
            self._bars.setdefault(symbol, []).append(f"{symbol}-{number}")
        self._complete[symbol].set()


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
