"""Goods move from shelf to shelf in a task group; a move that is called off puts them back where they were."""

import asyncio


class Shelves:
    def __init__(self, **goods):
        self.goods = goods

    async def move(self, source, target, count):
        self.goods[source] -= count
        arrived = False
        try:
            await self.carry(count)
            self.goods[target] += count
            arrived = True
        finally:
            if not arrived:
                self.goods[source] += count

    async def carry(self, count):
        await asyncio.sleep(0.001 * count)


async def check(labels, pause):
    for label in labels:
        await asyncio.sleep(pause)
        if not label.isalpha():
            raise ValueError(label)


async def main():
    shelves = Shelves(front=5, back=0)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(shelves.move("front", "back", 2))
            group.create_task(check(["tea", "oats", "r1ce"], 0.02))
    except* ValueError:
        pass
    return sum(shelves.goods.values())
