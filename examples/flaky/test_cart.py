"""A suite that passes most of the time: `pytest --causeway examples/flaky`."""

import asyncio

from cart import Catalogue, Stock, checkout


def test_two_customers():
    async def shop():
        stock = Stock(10)
        await asyncio.gather(checkout(stock, 1, 0), checkout(stock, 2, 0.003))
        return stock.pieces

    assert asyncio.run(shop()) == 7


def test_sold_out():
    async def shop():
        stock = Stock(1)
        return await checkout(stock, 1, 0), await checkout(stock, 1, 0)

    assert asyncio.run(shop()) == (True, False)


def test_prices():
    assert asyncio.run(Catalogue().price("tea")) == 4
