"""A file of old rows is imported by a thread while the loop takes new ones in; only the loop counts what has come."""

import asyncio

rows_imported = 0


def valid(line):
    return line.count(";") == 2


def import_file(lines):
    return sum(valid(line) for line in lines)


class Inbox:
    def __init__(self, lines):
        self.lines = lines

    async def receive(self):
        for line in self.lines:
            await asyncio.sleep(0.02)
            yield line


async def take_in(inbox):
    global rows_imported
    async for line in inbox.receive():
        if valid(line):
            rows_imported += 1


async def take_over(lines):
    global rows_imported
    imported = await asyncio.to_thread(import_file, lines)
    rows_imported += imported


async def run():
    old = ["1;ada;7", "2;bob", "3;cyd;9"]
    await asyncio.gather(take_over(old), take_in(Inbox(["4;dan;1", "5;eve;2"])))
    return rows_imported


def main():
    global rows_imported
    rows_imported = 0
    return asyncio.run(run())
