"""Bids of a live auction look at the highest one and replace it in one step; closing is done only once."""

import asyncio
from contextvars import ContextVar

bidder = ContextVar("bidder", default="nobody")


class Lot:
    def __init__(self, name):
        self.name = name
        self.highest = 0
        self.holder = None
        self.closing = False
        self.closed = 0

    def bid(self, amount):
        if amount <= self.highest:
            return False
        self.highest = amount
        self.holder = bidder.get()
        return True


class Auction:
    def __init__(self, *lots):
        self.lots = {lot.name: lot for lot in lots}

    async def offer(self, name, amounts):
        for amount in amounts:
            await asyncio.sleep(0.001)
            self.lots[name].bid(amount)

    async def close(self, lot):
        if lot.closing:
            return
        lot.closing = True
        await asyncio.sleep(0.001)
        lot.closed += 1


async def join_auction(auction, who, name, amounts):
    bidder.set(who)
    await auction.offer(name, amounts)


async def main():
    auction = Auction(Lot("clock"), Lot("chair"))
    async with asyncio.TaskGroup() as group:
        group.create_task(join_auction(auction, "ann", "clock", [10, 30]))
        group.create_task(join_auction(auction, "bob", "clock", [20, 25]))
        group.create_task(join_auction(auction, "cid", "chair", [5]))
    lots = list(auction.lots.values())
    await asyncio.gather(*(auction.close(lot) for lot in lots + lots))
    return [(lot.name, lot.highest, lot.holder, lot.closed) for lot in lots]
