"""Requests append to one trail; the order of the lines is nobody's business."""

import asyncio


class Trail:
    def __init__(self):
        self.lines = []

    def add(self, who, what):
        self.lines.append(f"{who}: {what}")


async def handle(trail, stock, item, count):
    trail.add(item, "asked")
    await asyncio.sleep(0.001)
    stock[item] = count
    trail.add(item, "stored")
    return item


async def main():
    trail = Trail()
    stock = {}
    items = [("tea", 3), ("milk", 1), ("salt", 7)]
    handled = await asyncio.gather(*(handle(trail, stock, item, count) for item, count in items))
    return handled, stock, sorted(trail.lines)
