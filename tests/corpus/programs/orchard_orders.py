"""Pickers of an orchard take orders from a queue until each has got its end mark; boxes are counted per order."""

import asyncio
from collections import Counter


async def take(orders, arrived):
    for customer, boxes in arrived:
        await orders.put((customer, boxes))
        await asyncio.sleep(0.005)


async def pick(name, orders, picked):
    while (order := await orders.get()) is not None:
        customer, boxes = order
        for _ in range(boxes):
            await asyncio.sleep(0.002)
            picked[customer] += 1
        orders.task_done()
    orders.task_done()


async def main():
    orders = asyncio.Queue(maxsize=2)
    picked = Counter()
    pickers = [asyncio.create_task(pick(name, orders, picked)) for name in ("ann", "bob", "cem")]
    await asyncio.gather(
        take(orders, [("inn", 3), ("school", 2)]),
        take(orders, [("market", 4), ("school", 1)]),
    )
    for _ in pickers:
        await orders.put(None)
    await orders.join()
    await asyncio.gather(*pickers)
    return sorted(picked.items())


if __name__ == "__main__":
    assert asyncio.run(main()) == [("inn", 3), ("market", 4), ("school", 3)]
