"""A board of quotes: choosing another symbol starts a fetch, answers of earlier choices are not shown."""

import asyncio
from itertools import count


class Exchange:
    """Answers some symbols later than others."""

    PRICES = {"ACME": (101.5, 0.003), "INIT": (17.2, 0.001), "ZETA": (8.05, 0.002)}

    async def quote(self, symbol):
        price, latency = self.PRICES[symbol]
        await asyncio.sleep(latency)
        return price


class Board:
    def __init__(self, exchange):
        self._exchange = exchange
        self._choices = count(1)
        self._choice = 0
        self.symbol = None
        self.price = None

    async def choose(self, symbol):
        choice = self._choice = next(self._choices)
        self.symbol, self.price = symbol, None
        price = await self._exchange.quote(symbol)
        if choice != self._choice:
            return False
        self.price = price
        return True

    @property
    def line(self):
        return f"{self.symbol} {self.price}"


class Trader:
    """Clicks through the symbols without waiting."""

    def __init__(self, board):
        self._board = board
        self._clicks = set()

    def click(self, symbol):
        task = asyncio.create_task(self._board.choose(symbol))
        self._clicks.add(task)
        task.add_done_callback(self._clicks.discard)

    async def wait(self):
        while self._clicks:
            await asyncio.gather(*self._clicks)


async def main():
    board = Board(Exchange())
    trader = Trader(board)
    for symbol in ("ACME", "ZETA", "INIT"):
        trader.click(symbol)
        await asyncio.sleep(0)
    await trader.wait()
    return board.line
