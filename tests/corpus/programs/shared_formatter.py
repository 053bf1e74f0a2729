"""A shared formatter with scratch attributes is used by to_thread workers."""

import asyncio


class Formatter:
    def __init__(self):
        self.parts = []

    def render(self, words):
        self.parts = []
        for word in words:
            self.parts.append(word.title())
        return " ".join(self.parts)


async def render(formatter, words, delay):
    await asyncio.sleep(delay)
    return await asyncio.to_thread(formatter.render, words)


async def run():
    formatter = Formatter()
    return await asyncio.gather(render(formatter, ["a", "b"], 0), render(formatter, ["c", "d"], 0.05))


def main():
    return asyncio.run(run())
