"""Seats are sold by tasks: a seat is looked for and taken in one step, paid for meanwhile, and given back if that fails."""

import asyncio
from contextvars import ContextVar

buyer = ContextVar("buyer")


class PaymentRefused(Exception):
    pass


class Hall:
    def __init__(self, seats):
        self.holders = dict.fromkeys(seats)
        self.refused = 0

    def take(self):
        for seat, holder in self.holders.items():
            if holder is None:
                self.holders[seat] = buyer.get()
                return seat
        return None

    def give_back(self, seat):
        self.holders[seat] = None
        self.refused += 1


async def pay(amount):
    await asyncio.sleep(0.005)
    if buyer.get().startswith("broke"):
        raise PaymentRefused(amount)


async def buy(hall, name):
    buyer.set(name)
    if (seat := hall.take()) is None:
        return None
    try:
        await pay(20)
    except PaymentRefused:
        hall.give_back(seat)
        return None
    assert hall.holders[seat] == buyer.get()
    return seat


async def main():
    hall = Hall(["1A", "1B", "1C"])
    async with asyncio.TaskGroup() as group:
        sales = [group.create_task(buy(hall, name)) for name in ("ann", "broke-bob", "cem", "dora")]
    seats = [sale.result() for sale in sales if sale.result() is not None]
    assert len(set(seats)) == len(seats)
    return hall.refused, len(seats) + list(hall.holders.values()).count(None)
