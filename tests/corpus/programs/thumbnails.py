"""A picture is given to a thread and not touched until the thread has given it back."""

import asyncio


class Picture:
    def __init__(self, name, width):
        self.name = name
        self.width = width
        self.steps = []


def shrink(picture):
    picture.width //= 2
    picture.steps.append("shrunk")
    return picture


async def process(name, width):
    picture = Picture(name, width)
    picture.steps.append("loaded")
    picture = await asyncio.to_thread(shrink, picture)
    picture.steps.append("stored")
    return picture.name, picture.width, picture.steps


async def main():
    return await asyncio.gather(process("cat", 200), process("dog", 100))
