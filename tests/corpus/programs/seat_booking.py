"""A seat is looked up, paid for, and then marked as taken."""

import asyncio


class Hall:
    def __init__(self):
        self.seats = {7: None}
        self.payments = []

    async def pay(self, who):
        await asyncio.sleep(0.001)
        self.payments.append(who)

    async def book(self, seat, who):
        if self.seats[seat] is not None:
            return False
        await self.pay(who)
        self.seats[seat] = who
        return True


async def main():
    hall = Hall()
    first = asyncio.create_task(hall.book(7, "ann"))
    await asyncio.sleep(0.01)
    second = asyncio.create_task(hall.book(7, "bob"))
    return await asyncio.gather(first, second)
