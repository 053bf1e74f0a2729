"""A box office holds seats while a voucher is looked up; the seats of who has none are free again."""

import asyncio
from dataclasses import dataclass, field


@dataclass
class Hall:
    left: int
    sold: list = field(default_factory=list)


def box_office(hall, vouchers):
    async def redeem(code):
        await asyncio.sleep(0.002)
        return vouchers.pop(code, None)

    async def book(name, seats, code):
        left = hall.left
        if seats > left:
            return f"{name}: full"
        hall.left -= seats
        if await redeem(code) is None:
            hall.left += seats
            return f"{name}: no voucher"
        hall.sold.append(name)
        return f"{name}: {seats}"

    return book


async def guest(book, comes, *wish):
    await asyncio.sleep(comes)
    return await book(*wish)


async def main():
    hall = Hall(10)
    book = box_office(hall, {"A": 1, "B": 1})
    said = await asyncio.gather(guest(book, 0.03, "ann", 2, "A"), guest(book, 0, "bob", 3, "X"), guest(book, 0.06, "cid", 1, "B"))
    return said, hall.left, sorted(hall.sold)
