"""Customers are registered with the payment provider when they first need it; a decorator remembers their numbers."""

import asyncio
import functools
from collections import Counter


def remembered(function):
    @functools.wraps(function)
    async def wrapper(self, email):
        known = vars(self).setdefault("_known", {})
        if email not in known:
            known[email] = await function(self, email)
        return known[email]

    return wrapper


class Provider:
    def __init__(self):
        self.registered = Counter()

    async def create_customer(self, email):
        for _ in ("connect", "post"):
            await asyncio.sleep(0.001)
        self.registered[email] += 1
        return f"cus_{email.split('@')[0]}_{self.registered[email]}"


class Shop:
    def __init__(self, provider):
        self.provider = provider
        self.charges = []

    @remembered
    async def customer(self, email):
        return await self.provider.create_customer(email)

    async def charge(self, email, cents, after):
        await asyncio.sleep(after)
        self.charges.append((await self.customer(email), cents))


async def afternoon():
    shop = Shop(Provider())
    await asyncio.gather(
        shop.charge("eva@example.org", 1200, 0),
        shop.charge("jon@example.org", 300, 0.001),
        shop.charge("eva@example.org", 450, 0.05),
    )
    return sorted(shop.charges), sorted(shop.provider.registered.items())


def main():
    return asyncio.run(afternoon())


if __name__ == "__main__":
    print(main())
