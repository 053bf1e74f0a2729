"""A box office that sells the last ticket twice, now and then."""

import asyncio


class BoxOffice:
    def __init__(self, tickets):
        self.tickets = tickets
        self.sold_to = []

    async def charge(self, customer):
        await asyncio.sleep(0.001)

    async def sell(self, customer):
        if self.tickets > 0:
            await self.charge(customer)
            self.tickets -= 1
            self.sold_to.append(customer)


async def main():
    office = BoxOffice(tickets=2)
    await asyncio.gather(*(office.sell(customer) for customer in ("ann", "bob", "cid")))
    print(f"{office.tickets} tickets left, sold to {', '.join(office.sold_to)}")


asyncio.run(main())
