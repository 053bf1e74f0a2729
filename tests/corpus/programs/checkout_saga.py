"""An order takes its pieces from the stock, then charges the card; when the card is declined the stock is put back."""

import asyncio


class Declined(Exception):
    pass


class Payments:
    async def charge(self, card, cents):
        await asyncio.sleep(0.002)
        if card.startswith("expired"):
            raise Declined(card)
        return f"charge-{cents}"


class Shop:
    def __init__(self, payments):
        self.payments = payments
        self.stock = {"lamp": 10, "desk": 3}
        self.orders = []

    async def checkout(self, item, pieces, card):
        before = self.stock[item]
        if before < pieces:
            return "sold out"
        self.stock[item] = before - pieces
        try:
            receipt = await self.payments.charge(card, pieces * 100)
        except Declined:
            self.stock[item] = before
            return "declined"
        self.orders.append((item, pieces, receipt))
        return "sold"


async def customer(shop, arrives, *order):
    await asyncio.sleep(arrives)
    return await shop.checkout(*order)


async def main():
    shop = Shop(Payments())
    answers = await asyncio.gather(
        customer(shop, 0, "lamp", 2, "expired-1"), customer(shop, 0.02, "lamp", 3, "visa-7"), customer(shop, 0.01, "desk", 1, "visa-9")
    )
    return answers, sorted(shop.stock.items()), sorted(shop.orders)
